"""Whatever an API answers: the last good items stay, the reason is said, everything else runs on (docs/faults, "Upstream")."""
import datetime
import threading

from harness import TestCase, free_port, scaled, wait_until
from upstream import Answer, Upstream, drip, http_date, reset, retry_after, truncated, truncated_chunk
from wsclient import ItemClient, StreamClient

GOOD = [{'id': 1, 'v': 1}, {'id': 2, 'v': 1}]
BETTER = [{'id': 1, 'v': 2}, {'id': 2, 'v': 1}]

#: what is answered → words of the reason that a person needs
BROKEN = {
    'malformed': (Answer(b'[{"id":1,"v":1},{"id":2 "v":1}]'), ['22|23|24|25|offset']),
    'length': (truncated(b'[{"id":1,"v":9}'), ['incomplete']),
    'chunk': (truncated_chunk(b'[{"id":1,"v":9}'), ['incomplete|not_json']),  # Qt takes it for the whole now and then; it is no JSON then
    'empty': (Answer(b''), ['empty']),
    'html': (Answer(b'<html><body>Over quota, sorry</body></html>', type='text/html'), ['not JSON', 'Over quota']),
    'e500': (Answer(b'oops', 500), ['500']),
    'e503': (Answer(b'oops', 503), ['503']),
    'e404': (Answer(b'oops', 404), ['404', 'URL']),
    'loop': (Answer(b'', 302, headers={'Location': '/loop'}), ['redirect']),
    'reset': (reset(b'[{"id":1'), ['incomplete']),
    'gone': (Answer({'results': GOOD}), ['/items']),
    'nan': (Answer(b'{"items":[{"id":1,"v":NaN}]}'), ['JSON']),
    'badutf8': (Answer(b'{"items":[{"id":1,"v":"\xff\xfe"}]}'), ['UTF-8']),
    'deep': (Answer(b'[' * 100000 + b']' * 100000), ['deep|depth']),
}


class Broken(TestCase):
    def test_brokenAnswer_keepsTheItemsAndSaysWhy(self):
        server = self.server()
        well = self.define(server, 'well', {'items': GOOD}, items='/items')
        routes = {}
        for name in BROKEN:  # each on a host of its own: connections that one breaks are kept ones of the others
            api = Upstream()
            self.addCleanup(api.stop)
            self.define(server, name, request={'url': '%s/%s' % (api.url, name)}, items='/items')
            routes[name] = api.route('/' + name)
            routes[name].set(Answer({'items': GOOD}))
        server.start()
        client = self.open(StreamClient, server)
        for name in [*BROKEN, 'well']:
            client.subscribe(name)
        for name in BROKEN:
            client.wait_seq(name, 1)
        for name, (answer, _) in BROKEN.items():
            routes[name].set(answer)
        for name, (answer, words) in BROKEN.items():
            with self.subTest(fault=name):
                status = client.status(name, 'failing')
                for word in words:
                    self.assertRegex('%(code)s: %(message)s' % status['error'], '(?i)' + word)
                self.assertTrue(status['last_ok'])
                self.assertTrue(status['next_poll'])
                held = server.get('/v1/channels/%s/items' % name).json()
                self.assertEqual(([entry['item'] for entry in held['items']], held['seq']), (GOOD, 1))
        for route in routes.values():
            route.set(Answer({'items': BETTER}))
        well.set(Answer({'items': BETTER}))
        for name in [*BROKEN, 'well']:
            with self.subTest(recovers=name):
                fold = client.wait_seq(name, 2, timeout=40)
                self.assertEqual((fold.seqs, fold.snapshots), ([2], ['subscribed']))
                self.wait_live(client, name)
        self.assertEqual(set(client.statuses('well')), {'live'})  # nobody else notices

    def wait_live(self, client, name):
        """The last status of the stream says that all is well."""
        wait_until(lambda: client.statuses(name)[-1] == 'live', what='a live ' + name)


class Waits(TestCase):
    def test_retryAfter_isRespected(self):
        server = self.server()
        answers = {'seconds': retry_after(4), 'date': retry_after(http_date(6)), 'huge': retry_after(10 ** 9), 'rubbish': retry_after('soon'),
                   'busy': retry_after(4, 503)}
        for name in answers:
            self.define(server, name, GOOD)
        server.start()
        client = self.open(StreamClient, server)
        for name in answers:
            client.subscribe(name)
        for name in answers:
            client.wait_seq(name, 1)
        said = {}
        for name, answer in answers.items():
            if name == 'date':
                answer = retry_after(http_date(6))
            self.upstream.route('/' + name).set(answer)
        for name in answers:
            self.assertTrue(self.upstream.wait(lambda: any(r.status in (429, 503) for r in self.upstream.requests('/' + name)), scaled(20)))
            said[name] = next(r for r in self.upstream.requests('/' + name) if r.status in (429, 503))
            self.upstream.route('/' + name).set(Answer(BETTER))
        for name, shortest, longest in (('seconds', 3.95, 5.5), ('busy', 3.95, 5.5), ('date', 3.5, 8)):
            with self.subTest(wait=name):
                client.wait_seq(name, 2, timeout=20)
                after = next(r for r in self.upstream.requests('/' + name) if r.time > said[name].time)
                self.assertGreater(after.time - said[name].time, shortest)
                self.assertLess(after.time - said[name].time, scaled(longest))
        client.wait_seq('rubbish', 2)  # as any failure: soon
        self.assertEqual(self.upstream.requests('/huge')[-1], said['huge'])
        status = server.stream('huge')
        self.assertEqual(status['state'], 'rate_limited')
        seconds = self.seconds_until(status['next_poll'], said['huge'])
        self.assertTrue(3000 < seconds <= 3602, seconds)  # capped at an hour
        self.assertEqual(client.status('seconds', 'rate_limited')['stale'], False)

    def test_waitOutlivesARestart(self):
        server = self.server()
        self.define(server, 'busy', retry_after(5))
        self.define(server, 'after', GOOD)
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('busy')
        client.status('busy', 'rate_limited')
        client.subscribe('after')
        client.wait_seq('after', 1)  # committed after the wait was written down
        said = self.upstream.requests('/busy')[0]
        self.upstream.route('/busy').set(Answer(GOOD))
        server.kill()
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('busy')
        client.wait_seq('busy', 1)
        self.assertGreater(self.upstream.requests('/busy')[1].time - said.time, 4.9)

    def seconds_until(self, text, request):
        return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp() - request.wall

    def test_failures_backOff(self):
        server = self.server()
        self.define(server, 'ill', Answer(b'', 500))
        server.start()
        self.open(StreamClient, server).subscribe('ill')
        log = self.wait_requests('/ill', 4, timeout=40)
        gaps = [later.time - earlier.time for earlier, later in zip(log, log[1:])]
        for gap, expected in zip(gaps, (1, 2, 4)):  # ±20 % of jitter
            self.assertGreater(gap, max(1, expected * 0.8) - scaled(0.2), gaps)
        self.assert_spaced(log, 1)


class Slow(TestCase):
    def test_drip_endsAtTheDeadline(self):
        server = self.server()
        self.define(server, 'drip', drip(), request={'timeout': 1.5})
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('drip')
        status = client.status('drip', 'failing')
        self.assertRegex(status['error']['message'], r'1\.5|time|seconds')
        self.assertEqual(status['last_ok'], None)

    def test_silence_endsAtTheDeadline(self):
        server, never = self.server(), threading.Event()
        self.addCleanup(never.set)
        self.define(server, 'never', Answer(GOOD, hold=never), request={'timeout': 1.5})
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('never')
        client.status('never', 'failing')

    def test_pollLongerThanTheInterval_isAlone(self):
        server = self.server()
        gates = [threading.Event() for _ in range(3)]
        for gate in gates:
            self.addCleanup(gate.set)
        route = self.define(server, 'slow')
        route.play([*(Answer(GOOD, etag=False, hold=gate) for gate in gates), Answer(GOOD)])
        self.define(server, 'tick', GOOD)
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('slow')
        client.subscribe('tick')
        for number, gate in enumerate(gates, 1):
            self.wait_requests('/slow', number)
            self.wait_requests('/tick', len(self.upstream.requests('/tick')) + 3)  # three intervals pass
            self.assertEqual(len(self.upstream.requests('/slow')), number)
            gate.set()
        client.wait_seq('slow', 1)
        self.wait_requests('/slow', 5)
        self.assertEqual(route.max_in_flight, 1)


class NotBroken(TestCase):
    def test_noContentAndNotModified_changeNothing(self):
        server = self.server()
        self.define(server, 'same').play([Answer(GOOD), Answer(b'', 204), Answer(GOOD), Answer(b'', 204), Answer(BETTER)])
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('same')
        self.assertEqual(client.wait_seq('same', 2).seqs, [2])
        self.assertEqual([r.status for r in self.upstream.requests('/same')][:4], [200, 204, 304, 204])
        self.assertEqual(set(client.statuses('same')), {'live'})

    def test_emptyList_removesAsTheDefinitionSays(self):
        server = self.server()
        for name, removal in (('at-once', 'snapshot'), ('third', {'mode': 'snapshot', 'after': 3}), ('never', 'window')):
            self.define(server, name, removal=removal).play([Answer(GOOD), Answer([])])
        server.start()
        client = self.open(StreamClient, server)
        for name in ('at-once', 'third', 'never'):
            client.subscribe(name)
        self.assertEqual(client.wait_seq('at-once', 2).values(), {})
        self.assertEqual(client.wait_seq('third', 2).values(), {})
        # the 304s after the first empty list count: removed at the third poll without them
        asked = [r for r in self.upstream.requests('/third')]
        self.assertGreaterEqual(len(asked), 4)
        self.wait_requests('/never', 6)
        self.assertEqual(len(client.fold('never').items), 2)
        self.assertEqual(client.fold('never').seq, 1)

    def test_oddBodies_areRead(self):
        server = self.server()
        self.define(server, 'odd', b'[{"id":1,"v":1e400},{"v":2},{"id":"1","v":3},{"id":true},{"id":12345678901234567890,"s":"\\ud800"}]')
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('odd')
        self.assertEqual(client.wait_seq('odd', 1).texts(),
                         {'1': '{"id":"1","v":3}', '12345678901234567890': '{"id":12345678901234567890,"s":"\\ud800"}'})
        self.wait_requests('/odd', 3)
        self.assertEqual(set(client.statuses('odd')), {'live'})


class Unreachable(TestCase):
    def test_refusedConnection_keepsTheItems(self):
        other, server = Upstream(), self.server()
        other.route('/gone').set(Answer(GOOD))
        self.define(server, 'gone', request={'url': other.url + '/gone'})
        self.define(server, 'never', request={'url': 'http://127.0.0.1:%d/' % free_port()})
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('never')
        status = client.status('never', 'failing')
        self.assertRegex(status['error']['message'], '(?i)refused')
        client.subscribe('gone')
        client.wait_seq('gone', 1)
        other.stop()
        client.status('gone', 'failing')
        self.assertEqual(len(server.get('/v1/channels/gone/items').json()['items']), 2)

    def test_redirectElsewhere_isRefused(self):
        other, server = Upstream(), self.server()
        self.addCleanup(other.stop)
        self.define(server, 'away', Answer(b'', 302, headers={'Location': other.url + '/away'}))
        self.define(server, 'file', Answer(b'', 302, headers={'Location': 'file:///etc/hostname'}))
        self.define(server, 'near', Answer(b'', 302, headers={'Location': '/near2'}))
        self.upstream.route('/near2').set(Answer(GOOD))
        server.start()
        client = self.open(StreamClient, server)
        for name in ('away', 'file', 'near'):
            client.subscribe(name)
        for name in ('away', 'file'):
            self.assertRegex(client.status(name, 'failing')['error']['message'], '(?i)redirect')
        client.wait_seq('near', 1)
        self.assertEqual(other.requests(), [])

    def test_forbidden_pausesAndIsToldInBothProtocols(self):
        server = self.server()
        self.define(server, 'no', Answer(b'{"message":"go away"}', 403))
        self.define(server, 'tick', GOOD)
        server.start()
        client, original = self.open(StreamClient, server), self.open(ItemClient, server)
        client.subscribe('no')
        client.subscribe('tick')
        original.subscribe('no')
        status = client.status('no', 'paused')
        self.assertTrue(status['error']['message'])
        self.assertEqual(original.wait({'__restream_type': 'error'})['code'], status['error']['code'])
        self.wait_requests('/tick', len(self.upstream.requests('/tick')) + 3)
        self.assertEqual(len(self.upstream.requests('/no')), 1)  # nothing is asked until a person acts
