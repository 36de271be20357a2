"""When an API is asked: never faster than its interval and its quota, over restarts, and not for nobody."""
import os
import time
import unittest

from harness import TestCase, scaled, wait_until
from upstream import Answer
from wsclient import StreamClient

GOOD = [{'id': 1, 'v': 1}]


class Schedule(TestCase):
    def test_interval_isKeptOverRestarts(self):
        server = self.server()
        self.define(server, 'slow', GOOD, poll_interval=4)
        for stop in (server.stop, server.kill, server.stop):
            server.start()
            client = self.open(StreamClient, server)
            client.subscribe('slow')
            client.wait_seq('slow', 1)
            stop()
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('slow')
        self.assertEqual(client.wait_seq('slow', 1).snapshots, ['subscribed'])  # the held items come at once
        log = self.wait_requests('/slow', 2)
        self.assertEqual(len(log), 2)
        self.assert_spaced(log, 4)

    def test_newSubscriber_isPolledForAtOnce_whenTheIntervalHasPassed(self):
        server = self.server()
        self.define(server, 'news', GOOD, poll_interval=2)
        server.start()
        with StreamClient(server) as client:
            client.subscribe('news')
            client.wait_seq('news', 1)
        server.stop()
        self.upstream.route('/news').set(Answer([{'id': 1, 'v': 2}]))
        first = self.upstream.requests('/news')[0]
        time.sleep(max(0, first.time + 2.05 - time.monotonic()))  # the interval itself has to pass
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('news')
        subscribed = time.monotonic()
        fold = client.wait_seq('news', 2)
        self.assertEqual((fold.snapshots, fold.seqs), (['subscribed'], [2]))
        self.assertLess(self.upstream.requests('/news')[1].time - subscribed, scaled(1))

    def test_quota_isNeverExceeded(self):
        server = self.server()
        self.define(server, 'metered', GOOD, quota={'calls': 3, 'per': 6})
        started = time.monotonic()
        for life in range(2):
            server.start()
            client = self.open(StreamClient, server)
            client.subscribe('metered')
            client.wait_seq('metered', 1)
            while life == 0 and len(self.upstream.requests('/metered')) < 2:
                self.wait_requests('/metered', 2)
            done = server.run('fetch', 'metered')  # counts as well, beside the running server
            if life == 0:
                self.assertEqual(done.code, 0, done)
                server.kill()
        asked = self.wait_requests('/metered', 7, timeout=30)
        for index, request in enumerate(asked):
            within = [r for r in asked if request.time <= r.time < request.time + 6 - scaled(0.3)]
            self.assertLessEqual(len(within), 3, [r.time - started for r in asked])
        self.assertGreater(asked[6].time - asked[0].time, 12 - scaled(0.3))

    def test_quotaUsedUp_isNoError_andFetchSaysSo(self):
        server = self.server()
        self.define(server, 'metered', GOOD, quota=[{'calls': 2, 'per': 3600}])
        server.start()
        client = self.open(StreamClient, server)
        client.subscribe('metered')
        self.wait_requests('/metered', 2)
        done = server.run('fetch', 'metered')
        self.assertEqual((done.code, done.out), (1, ''))
        self.assertRegex(done.err, '(?i)quota')
        wait_until(lambda: 'T' in (server.stream('metered')['next_poll'] or ''), what='a next poll')
        self.assertEqual(len(self.upstream.requests('/metered')), 2)
        self.assertEqual(client.fold('metered').seq, 1)

    def test_quota_isSharedByTheSameKeyValue(self):
        folder = self.folder()
        keys = folder / 'keys.json'
        keys.write_text('{"one":{"k":"same"},"two":{"t":"same"},"three":{"k":"other"}}')
        keys.chmod(0o600)
        server = self.server('--keys-file', keys, folder=folder)
        for name, key in (('one', 'k'), ('two', 't'), ('three', 'k')):
            self.define(server, name, GOOD, quota={'calls': 4, 'per': 3600}, auth={'type': 'api_key', 'in': 'query', 'name': 'key', 'key': key})
        server.start()
        client = self.open(StreamClient, server)
        for name in ('one', 'two', 'three'):
            client.subscribe(name)
        self.wait_requests('/three', 4)
        wait_until(lambda: len(self.upstream.requests('/one')) + len(self.upstream.requests('/two')) == 4, what='the shared quota')
        client.sync()
        self.assertEqual(len(self.upstream.requests('/three')), 4)

    def test_alwaysPolled_needsNoSubscriber(self):
        server = self.server()
        self.define(server, 'steady', GOOD, poll='always', params={'n': {'default': '1'}}, always=[{'n': '7'}, {}],
                    request={'query': {'n': '{n}'}})
        server.start()
        self.wait_requests('/steady', 2, n='7')
        self.wait_requests('/steady', 2, n='1')

    def test_httpReader_countsAsASubscriber(self):
        server = self.server()
        self.define(server, 'page', GOOD)
        server.start()
        response = server.get('/v1/channels/page/items')
        self.assertEqual((response.status, response.json()['seq']), (200, 1))
        self.wait_requests('/page', 4)

    @unittest.skipUnless(os.environ.get('RESTREAM_LONG'), 'takes 40 s: RESTREAM_LONG=1')
    def test_polling_endsThirtySecondsAfterTheLastSubscriber(self):
        server = self.server()
        self.define(server, 'idle', GOOD)
        server.start()
        with StreamClient(server) as client:
            client.subscribe('idle')
            client.wait_seq('idle', 1)
        left = time.monotonic()
        time.sleep(36)
        last = self.upstream.requests('/idle')[-1]
        self.assertTrue(27 < last.time - left < 33, last.time - left)
        client = self.open(StreamClient, server)
        asked = len(self.upstream.requests('/idle'))
        client.subscribe('idle')
        self.assertEqual(client.wait_seq('idle', 1).snapshots, ['subscribed'])
        self.wait_requests('/idle', asked + 2)
