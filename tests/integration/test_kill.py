"""kill -9 at any instant: what a client saw is each seq once, in order, over all lives of the server.

RESTREAM_KILL_ROUNDS says how many (12; the full run is 100), RESTREAM_SEED repeats one run.
"""
import json
import os
import random
import time

import exactjson
from fold import Fold
from harness import TestCase, scaled
from upstream import Answer
from wsclient import StreamClient

ROUNDS = int(os.environ.get('RESTREAM_KILL_ROUNDS') or 12)
STREAMS = 6


class Counter:
    """Another body at each request: items come, change and go; the last one is in every body and counts the polls."""

    def __init__(self, seed):
        self._random, self.polls, self.frozen, self.items = random.Random(seed), 0, False, []

    def __call__(self, request):
        if not self.frozen:
            self.polls += 1
            self.items = [{'id': n, 'v': self._random.randrange(3), 'pad': 'x' * 200} for n in range(40) if self._random.random() < 0.8]
            self.items.append({'id': 'poll', 'n': self.polls})
        return Answer(self.items)


class Kill(TestCase):
    def test_killedAtAnyInstant_losesAndRepeatsNothing(self):
        seed = int(os.environ.get('RESTREAM_SEED') or random.randrange(1 << 30))
        print('seed', seed, flush=True)
        chance = random.Random(seed)
        server = self.server()
        self.define(server, 'counter', params={'n': {}}, request={'url': self.upstream.url + '/counter/{n}'})
        counters = {}
        for n in range(STREAMS):
            counters[n] = Counter(chance.random())
            self.upstream.route('/counter/%d' % n).call(counters[n])
        self.folds = {(n, updates): Fold(updates) for n in counters for updates in ('item', 'patch', 'merge')}
        self.clients = {}
        for _ in range(ROUNDS):
            server.start()
            self.resume(server)
            self.wait_instant(chance)
            server.kill()
            self.fold_what_came()
        for counter in counters.values():
            counter.frozen = True
        server.start()
        self.resume(server)
        for n, counter in counters.items():
            asked = len(self.upstream.requests('/counter/%d' % n))
            self.wait_requests('/counter/%d' % n, asked + 3)
        for client in self.clients.values():
            client.sync()
        self.fold_what_came()
        self.check(server, counters)

    def resume(self, server):
        """Each form on a connection of its own, subscribed to all streams from where it was."""
        self.clients = {updates: self.open(StreamClient, server) for updates in ('item', 'patch', 'merge')}
        for (n, updates), fold in self.folds.items():
            options = {'updates': updates}
            if fold.seq:
                options['since'] = {'epoch': fold.epoch, 'seq': fold.seq}
            answer = self.clients[updates].subscribe('counter', {'n': n}, fold=fold, **options)
            if fold.seq:
                self.assertEqual((answer['recovered'], answer['epoch']), (True, fold.epoch), (n, updates, fold.seq, answer))
                self.assertGreaterEqual(answer['seq'], fold.seq)

    def wait_instant(self, chance):
        """Anywhere in a poll interval; or, half of the time, just after an answer went out: reading, committing, sending."""
        if chance.random() < 0.5:
            time.sleep(chance.uniform(0, 1.5))  # the instant is the test's input
        else:
            asked = len(self.upstream.requests()) + chance.randrange(STREAMS) + 1
            self.upstream.wait(lambda: len(self.upstream.requests()) >= asked, scaled(10))
            time.sleep(chance.uniform(0, 0.03))

    def fold_what_came(self):
        for client in self.clients.values():
            client.close()
            for stream in client.folds:
                client.fold(stream)  # raises at a gap, a repeat, an item added twice

    def check(self, server, counters):
        self.assertGreater(sum(fold.seq for fold in self.folds.values()), ROUNDS * len(self.folds) // 4)  # polls did run
        for (n, updates), fold in self.folds.items():
            with self.subTest(stream=n, updates=updates):
                self.assertEqual(fold.snapshots, ['subscribed'])  # the first; from then on only changesets
                self.assertEqual(fold.seqs, list(range(fold.seqs[0], fold.seq + 1)) if fold.seqs else [])
                response = server.get('/v1/channels/counter/items?n=%d' % n)
                held = response.json()
                self.assertEqual((held['epoch'], held['seq']), (fold.epoch, fold.seq))
                items = dict(exactjson.members(response.text))['items']
                pairs = [dict(exactjson.members(entry)) for entry in exactjson.elements(items)]
                self.assertEqual(list(fold.values().items()),
                                 [(exactjson.value(pair['id']), exactjson.value(pair['item'])) for pair in pairs])
                self.assertEqual(sorted(fold.values()), sorted(str(item['id']) for item in counters[n].items))
                self.assertEqual(fold.values(), {str(item['id']): exactjson.value(json.dumps(item)) for item in counters[n].items})
