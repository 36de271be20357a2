"""Plain HTTP, against docs/protocol.md §2."""
import re
import threading

from harness import TestCase, raw, scaled, wait_until
from upstream import Answer
from wsclient import StreamClient

GOOD = [{'id': 1, 'v': 1}, {'id': 2, 'v': 2}]
METADATA = {'name', 'description', 'id_field', 'api_url', 'doc_url', 'keys', 'poll_interval', 'params'}


class Http(TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.server()
        self.route = self.define(self.server, 'well', GOOD, params={'level': {'default': 'all', 'enum': ['all', '5']}},
                                 request={'query': {'level': '{level}'}})
        self.define(self.server, 'plain', request={'url': self.upstream.url + '/plain'}, description='Plain', doc_url='https://docs.example/')
        self.server.start()

    def test_root_isTheOriginalsMetadata(self):
        channels = self.server.get('/').json()
        for name, channel in channels.items():
            with self.subTest(channel=name):
                self.assertLessEqual(METADATA, set(channel))
                self.assertEqual(channel['name'], name)
        self.assertEqual({k: channels['plain'][k] for k in METADATA},
                         {'name': 'plain', 'description': 'Plain', 'id_field': 'id', 'api_url': self.upstream.url + '/plain',
                          'doc_url': 'https://docs.example/', 'keys': [], 'poll_interval': 1, 'params': {}})
        self.assertEqual((channels['well']['description'], channels['well']['doc_url']), (None, None))
        self.assertEqual(channels['well']['params']['level']['default'], 'all')
        self.assertEqual(channels['nyt-top']['keys'], ['api-key'])
        for name in ('usgs-quakes', 'nyt-top', 'nyt-newswire', 'github-events', 'nws-alerts', 'gbfs-status', 'tfl-arrivals',
                     'coingecko-markets', 'wikipedia-changes', 'cisa-kev', 'demo-quakes'):
            self.assertIn(name, channels)

    def test_items_areTheHeldOnes(self):
        response = self.server.get('/v1/channels/well/items?level=5')
        self.assertEqual(response.status, 200)
        self.assertRegex(response.headers['Content-Type'], '^application/json')
        body = response.json()
        self.assertEqual(list(body), ['stream', 'epoch', 'seq', 'time', 'items'])
        self.assertEqual((body['stream'], body['seq']), ('well?level=5', 1))
        self.assertEqual(body['items'], [{'id': '1', 'item': GOOD[0]}, {'id': '2', 'item': GOOD[1]}])
        self.assertEqual(response.headers['ETag'], '"%s:1"' % body['epoch'])
        self.assertRegex(response.headers['Age'], r'^\d+$')
        for known in (response.headers['ETag'], 'W/' + response.headers['ETag'], '"x", ' + response.headers['ETag'], '*'):
            again = self.server.get('/v1/channels/well/items?level=5', {'If-None-Match': known})
            self.assertEqual((again.status, again.body), (304, b''))
        self.route.set(Answer(GOOD[:1]))
        wait_until(lambda: self.server.get('/v1/channels/well/items?level=5', {'If-None-Match': response.headers['ETag']}).status == 200,
                   what='the next changeset')

    def test_defaultsAndUnderscores_inQueries(self):
        self.assertEqual(self.server.get('/v1/channels/well/items?_x=1&token=t').json()['stream'], 'well?level=all')

    def test_errors_areProblemJson(self):
        for path, status, code in [('/v1/channels/none/items', 404, 'none'), ('/v1/channels/well/items?level=6', 400, 'level'),
                                   ('/v1/channels/well/items?x=1', 400, 'x'), ('/nowhere', 404, ''), ('/v1/channels/%2e%2e/items', 404, '')]:
            with self.subTest(path=path):
                response = self.server.get(path)
                self.assertEqual(response.status, status)
                self.assertRegex(response.headers['Content-Type'], '^application/problem\\+json')
                problem = response.json()
                self.assertEqual(problem['status'], status)
                self.assertIn(code, response.text)

    def test_neverPolledAndFailing_is503(self):
        self.upstream.route('/plain').set(Answer(b'', 500))
        response = self.server.get('/v1/channels/plain/items')
        self.assertEqual(response.status, 503)
        self.assertRegex(response.headers['Content-Type'], '^application/problem\\+json')

    def test_heldButFailing_isStale(self):
        self.upstream.route('/plain').set(Answer(GOOD))
        self.assertNotIn('stale', self.server.get('/v1/channels/plain/items').json())
        self.server.stop()
        self.upstream.route('/plain').set(Answer(b'', 500))
        self.server.start()
        last = self.upstream.requests('/plain')[-1]
        import time
        time.sleep(max(0, last.time + 1.05 - time.monotonic()))  # older than the interval
        body = self.server.get('/v1/channels/plain/items').json()
        self.assertEqual((body['stale'], len(body['items'])), (True, 2))

    def test_manyReaders_areOnePoll(self):
        gate = threading.Event()
        self.addCleanup(gate.set)
        self.upstream.route('/plain').set(Answer(GOOD, hold=gate))
        got = []
        readers = [threading.Thread(target=lambda: got.append(self.server.get('/v1/channels/plain/items').status)) for _ in range(20)]
        for reader in readers:
            reader.start()
        self.wait_requests('/plain', 1)
        gate.set()
        for reader in readers:
            reader.join(scaled(20))
        self.assertEqual(got, [200] * 20)
        self.assertEqual([r.status for r in self.upstream.requests('/plain')].count(200), 1)

    def test_headAndOtherMethods(self):
        for path in ('/', '/v1/channels', '/v1/channels/well/items', '/healthz'):
            with self.subTest(path=path):
                get, head = self.server.get(path), self.server.get(path, method='HEAD')
                self.assertEqual((head.status, head.body), (get.status, b''))
                if path != '/v1/channels':  # its times move on
                    self.assertEqual(head.headers['Content-Length'], str(len(get.body)))
                for method in ('POST', 'PUT', 'DELETE'):
                    answer = self.server.get(path, method=method)
                    self.assertEqual(answer.status, 405)
                    self.assertIn('GET', answer.headers['Allow'])

    def test_channels_tellOfTheirStreams(self):
        client = self.open(StreamClient, self.server)
        client.subscribe('well', {'level': '5'})
        client.wait_seq('well?level=5', 1)
        stream = wait_until(lambda: (lambda s: s if s and s['last_ok'] else None)(self.server.stream('well?level=5')), what='the stream')
        self.assertEqual(set(stream), {'stream', 'state', 'error', 'last_ok', 'next_poll', 'subscribers'})
        self.assertEqual((stream['state'], stream['error'], stream['subscribers']), ('live', None, 1))
        client.close()
        wait_until(lambda: self.server.stream('well?level=5')['subscribers'] == 0, what='no subscriber')

    def test_connection_isKeptAndPipelined(self):
        request = b'GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\n%s\r\n'
        answer = raw(self.server.port, request % (self.server.port, b'') * 3 + request % (self.server.port, b'Connection: close\r\n'))
        self.assertEqual(len(re.findall(b'HTTP/1.1 200 ', answer)), 4)
        answer = raw(self.server.port, b'GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n')
        self.assertEqual(len(re.findall(b'HTTP/1.[01] 200 ', answer)), 1)
