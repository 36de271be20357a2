"""Real polls, whole truth: a client that folds what it receives holds what the API said, at every recorded poll.

Each recording is cut into parts of PART consecutive bodies, each overlapping the next by one, which all run at once: one poll a second, every
recorded step is taken. RESTREAM_WHOLE_SEQUENCES=1 runs each recording uncut (four minutes).
"""
import os
import threading
import unittest

import exactjson
from harness import TestCase
from recordings import Holder, json_recordings
from upstream import Answer
from wsclient import ItemClient, StreamClient

PART = 1000 if os.environ.get('RESTREAM_WHOLE_SEQUENCES') else 40
RECORDINGS = json_recordings()


class Part:
    """Consecutive bodies of a recording, played one a request once the gate opens."""

    def __init__(self, recording, number, bodies, gate, upstream):
        self.recording, self.bodies = recording, bodies
        self.stream = '%s?part=%d' % (recording.name, number)
        self.path = '/%s/%d' % (recording.name, number)
        upstream.route(self.path).play([Answer(bodies[0], hold=gate), *map(Answer, bodies[1:])])
        self.number = str(number)

    def expected(self):
        """The items that a client in item mode holds at the end, and how many changesets led there."""
        holder, changesets = Holder(), 0
        for index, body in enumerate(self.bodies):
            changesets += holder.poll(self.recording.polled(body)) or index == 0
        return holder.items, changesets


@unittest.skipUnless(RECORDINGS, 'no recordings here')
class WholeTruth(TestCase):
    def setUp(self):
        super().setUp()
        server, gate, self.parts = self.server(), threading.Event(), []
        self.addCleanup(gate.set)
        for recording in RECORDINGS:
            server.define(recording.name, request={'url': '%s/%s/{part}' % (self.upstream.url, recording.name)}, params={'part': {}},
                          poll_interval=1, **recording.definition())
            bodies = recording.bodies()
            starts = range(0, max(1, len(bodies) - 1), PART - 1)
            self.parts += [Part(recording, number, bodies[start:start + PART], gate, self.upstream)
                           for number, start in enumerate(starts)]
        self.server = server.start()
        self.clients = {updates: self.open(StreamClient, server) for updates in ('item', 'patch', 'merge')}
        self.original = self.open(ItemClient, server)
        for part in self.parts:
            for updates, client in self.clients.items():
                answer = client.subscribe(part.recording.name, {'part': part.number}, updates=updates)
                self.assertEqual((answer['stream'], answer['seq']), (part.stream, 0))
            self.original.subscribe(part.recording.name, {'part': part.number})
        gate.set()

    def test_folding_givesTheLastBodysItems(self):
        for part in self.parts:  # one more poll than bodies: the last one's changes are out
            self.wait_requests(part.path, len(part.bodies) + 1, timeout=2 * len(part.bodies) + 60)
        original = None
        for part in self.parts:
            items, changesets = part.expected()
            values = {id: exactjson.value(text) for id, text in items.items()}
            last = {id: exactjson.value(text) for id, text in part.recording.polled(part.bodies[-1]).items()}
            self.assertEqual(values, last)
            for updates, client in self.clients.items():
                with self.subTest(stream=part.stream, updates=updates):
                    fold = client.wait_seq(part.stream, changesets)
                    self.assertEqual(fold.seq, changesets)
                    self.assertEqual(fold.snapshots, ['subscribed'])
                    self.assertEqual(fold.seqs, list(range(2, changesets + 1)))
                    self.assertEqual(fold.values(), values)
                    if updates == 'item':
                        self.assertEqual(fold.texts(), items)
            with self.subTest(stream=part.stream, updates='the original protocol'):
                original = original or self.fold_original()
                self.assertEqual(original.get(part.stream, {}), items)
        self.assertEqual({form for fold in self.clients['patch'].folds.values() for form in fold.forms}, {'item', 'patch'})
        self.assertEqual({form for fold in self.clients['merge'].folds.values() for form in fold.forms}, {'item', 'merge'})

    def fold_original(self):
        """stream → id → item text, out of what /channels sent; the diff of each update is checked against what was held."""
        from fold import apply_patch
        self.original.send({'action': 'unsubscribe', 'channel': RECORDINGS[0].name, 'params': {'part': 'none'}})
        self.original.wait({'__restream_type': 'unsubscribe'})
        items = {}
        for message in self.original.messages:
            kind, stream = message['__restream_type'], message.get('__restream_stream')
            if kind not in ('new_item', 'updated_item', 'removed_item'):
                continue
            held = items.setdefault(stream, {})
            if kind == 'removed_item':
                del held[message['__restream_id']]
                continue
            pairs = exactjson.members(message.text)
            own = [pair for pair in pairs if not pair[0].startswith('__restream_')]
            text = message.text[:message.text.rindex(',"__restream_type"' if own else '"__restream_type"')] + '}'
            id = self.id_of(stream, text)
            if kind == 'new_item':
                self.assertNotIn(id, held)
            else:
                diff = exactjson.value(dict(pairs)['__restream_diff'])
                self.assertEqual(apply_patch(exactjson.value(held[id]), diff), exactjson.value(text))
            held[id] = text
        return items

    def id_of(self, stream, text):
        recording = next(r for r in RECORDINGS if r.name == stream.split('?')[0])
        if recording.shape == 'map':
            return exactjson.value(exactjson.at(text, '/code'))
        pointer = recording.id_field if recording.id_field.startswith('/') else '/' + recording.id_field
        value = exactjson.value(exactjson.at(text, pointer))
        return value if isinstance(value, str) else value.text
