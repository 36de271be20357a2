"""However many subscribe, however they spell it: one stream, one poll an interval."""
from harness import TestCase, wait_until
from upstream import Answer
from wsclient import ItemClient, StreamClient

SPELLINGS = [{'level': 5, 'all': True}, {'all': 'true', 'level': '5'}, {'level': '5', 'all': True}, {'all': True, 'window': 'hour', 'level': 5}]
STREAM = 'quakes?all=true&level=5&window=hour'
SUBSCRIBERS = 300


class OnePoller(TestCase):
    def test_manySubscribers_areOnePoller(self):
        server = self.server()
        first, second = [{'id': 1, 'v': 1}, {'id': 2, 'v': 1}], [{'id': 1, 'v': 2}, {'id': 2, 'v': 1}]
        route = self.define(server, 'quakes', first, params={'level': {}, 'all': {}, 'window': {'default': 'hour'}},
                            request={'query': {'level': '{level}', 'all': '{all}', 'window': '{window}'}})
        server.start()
        streams = [self.open(StreamClient, server) for _ in range(SUBSCRIBERS // 2)]
        originals = [self.open(ItemClient, server) for _ in range(SUBSCRIBERS // 2)]
        for number, client in enumerate(streams):
            updates = ('item', 'patch', 'merge')[number % 3]
            self.assertEqual(client.subscribe('quakes', SPELLINGS[number % 4], updates=updates)['stream'], STREAM)
        for number, client in enumerate(originals):
            answer = client.subscribe('quakes', SPELLINGS[number % 4])
            self.assertEqual(answer, {'__restream_type': 'subscribe', 'channel': 'quakes'})
        wait_until(lambda: server.stream(STREAM)['subscribers'] == SUBSCRIBERS, what='all subscribers')
        self.assertEqual([s['stream'] for s in server.channels()['quakes']['streams']], [STREAM])

        asked = len(self.upstream.requests())
        self.wait_requests('/quakes', asked + 3)
        route.set(Answer(second))
        for client in streams:
            self.assertEqual(client.wait_seq(STREAM, 2).values(), streams[0].fold(STREAM).values())
        for client in originals:
            message = client.wait({'__restream_type': 'updated_item'})
            self.assertEqual((message['id'], message['v'], message['__restream_seq']), (1, 2, 2))
            self.assertEqual(message['__restream_diff'], [{'op': 'replace', 'path': '/v', 'value': 2}])
        self.wait_requests('/quakes', len(self.upstream.requests()) + 2)

        log = self.upstream.requests()
        self.assertEqual({(r.path, tuple(sorted(r.query.items()))) for r in log},
                         {('/quakes', (('all', 'true'), ('level', '5'), ('window', 'hour')))})
        self.assert_spaced(log, 1)
        answered = [r.status for r in log if r.status]
        self.assertEqual(answered.count(200), 2)  # one for each body; everything else was known
        self.assertEqual(answered.count(304), len(answered) - 2)
        self.assertEqual(route.max_in_flight, 1)

        for client in streams:  # nobody was told anything twice
            self.assertEqual(client.fold(STREAM).seqs, [2])
