"""The tools of these tests, so that what they say of the programs can be believed."""
import http.client
import json
import socket
import threading
import time
import unittest

import exactjson
from fold import ContractBroken, Fold, apply_merge, apply_patch
from harness import fetch
from recordings import Holder
from upstream import Answer, Upstream, drip, reset, truncated, truncated_chunk


class ExactJson(unittest.TestCase):
    def test_numbers_areComparedAsExactDecimals(self):
        for a, b, equal in [('1.0', '1', True), ('-0', '0', True), ('1e2', '100', True), ('1e400', '1e401', False),
                            ('9007199254740993', '9007199254740992', False), ('1.10', '1.1', True), ('1', 'true', False)]:
            with self.subTest(a=a, b=b):
                self.assertEqual(exactjson.value(a) == exactjson.value(b), equal)

    def test_duplicateMembers_areKeptAsWritten(self):
        self.assertNotEqual(exactjson.value('{"a":1,"a":2}'), exactjson.value('{"a":2}'))
        self.assertEqual(exactjson.value('{"a":1,"b":2}'), exactjson.value('{"b":2,"a":1}'))

    def test_whatIsNoJson_isRefused(self):
        for text in ['NaN', '[1,]', '{"a" 1}', '', '[1] 2', '"\n"', '{"a":1,}']:
            with self.subTest(text=text), self.assertRaises(ValueError):
                exactjson.value(text)

    def test_compact_leavesStringsAlone(self):
        self.assertEqual(exactjson.compact(' { "a b" : [ 1.10 , "x \\" y" ] }\n'), '{"a b":[1.10,"x \\" y"]}')

    def test_slices_areTheTextAsWritten(self):
        self.assertEqual(exactjson.elements('[ 1e400, "\\/" ,{"a": [ ]}]'), ['1e400', '"\\/"', '{"a": [ ]}'])
        self.assertEqual(exactjson.members('{"a":1.0, "a" : "\\ud800" }'), [('a', '1.0'), ('a', '"\\ud800"')])
        self.assertEqual(exactjson.elements(' [ ] '), [])
        self.assertEqual(exactjson.at('{"a/b":[{"~": 7}]}', '/a~1b/0/~0'), '7')
        self.assertIsNone(exactjson.at('{"a":1}', '/a/b'))
        for broken in ['[1 2]', '[1', '{"a":1 "b":2}']:
            with self.subTest(broken=broken), self.assertRaises((ValueError, IndexError)):
                exactjson.elements(broken) if broken[0] == '[' else exactjson.members(broken)


class Patches(unittest.TestCase):
    def test_patch_appliesEachOperation(self):
        before = {'a': [1, 2, 3], 'b': {'c': 'x'}, 'd/e': 1}
        operations = [{'op': 'add', 'path': '/a/1', 'value': 9}, {'op': 'add', 'path': '/a/-', 'value': 4}, {'op': 'remove', 'path': '/a/0'},
                      {'op': 'replace', 'path': '/b/c', 'value': None}, {'op': 'move', 'from': '/d~1e', 'path': '/f'},
                      {'op': 'copy', 'from': '/b', 'path': '/g'}, {'op': 'test', 'path': '/f', 'value': 1}]
        self.assertEqual(apply_patch(before, operations), {'a': [9, 2, 3, 4], 'b': {'c': None}, 'f': 1, 'g': {'c': None}})
        self.assertEqual(before, {'a': [1, 2, 3], 'b': {'c': 'x'}, 'd/e': 1})
        self.assertEqual(apply_patch(1, [{'op': 'replace', 'path': '', 'value': [2]}]), [2])

    def test_patchThatDoesNotFit_isRefused(self):
        for operation in [{'op': 'remove', 'path': '/x'}, {'op': 'replace', 'path': '/x', 'value': 1}, {'op': 'add', 'path': '/a/9', 'value': 1},
                          {'op': 'add', 'path': '/a/01', 'value': 1}, {'op': 'test', 'path': '/a/0', 'value': 2}, {'op': 'new', 'path': '/a'},
                          {'op': 'add', 'path': '/x/y', 'value': 1}]:
            with self.subTest(operation=operation), self.assertRaises((ContractBroken, KeyError, IndexError)):
                apply_patch({'a': [1]}, [operation])

    def test_merge_followsTheRfcsExamples(self):
        for before, patch, after in [({'a': 'b'}, {'a': 'c'}, {'a': 'c'}), ({'a': 'b', 'b': 'c'}, {'a': None}, {'b': 'c'}),
                                     ({'a': ['b']}, {'a': 'c'}, {'a': 'c'}), ({'a': {'b': 'c'}}, {'a': {'b': 'd', 'c': None}}, {'a': {'b': 'd'}}),
                                     ([1, 2], {'a': 'b', 'c': None}, {'a': 'b'}), ({'e': None}, {'a': 1}, {'e': None, 'a': 1}),
                                     ({}, {'a': {'bb': {'ccc': None}}}, {'a': {'bb': {}}})]:
            with self.subTest(patch=patch):
                self.assertEqual(apply_merge(before, patch), after)


class Folding(unittest.TestCase):
    SNAPSHOT = '{"type":"snapshot","stream":"s","epoch":"e","seq":4,"time":"","reason":"subscribed","items":[{"id":"a","item":{"n":1.10}}]}'

    def fold(self, *messages, updates='item'):
        fold = Fold(updates)
        for message in (self.SNAPSHOT, *messages):
            fold.apply(message)
        return fold

    def test_changes_areAppliedInEachForm(self):
        for updates, update, value in [('item', '"item":{"n":1e400}', '{"n":1e400}'), ('merge', '"merge":{"m":2}', '{"n":1.10,"m":2}'),
                                       ('patch', '"patch":[{"op":"add","path":"/m","value":2}]', '{"n":1.10,"m":2}')]:
            with self.subTest(updates=updates):
                fold = self.fold('{"type":"changes","stream":"s","epoch":"e","seq":5,"updated":[{"id":"a",%s}]}' % update, updates=updates)
                self.assertEqual(fold.values(), {'a': exactjson.value(value)})
                self.assertEqual(fold.forms, {updates})

    def test_itemMode_keepsTheTextAsSent(self):
        fold = self.fold('{"type":"changes","stream":"s","epoch":"e","seq":5,"added":[{"id":"b","item":{"x":"\\/"}}],"order":["b","a"]}')
        self.assertEqual(list(fold.texts().items()), [('b', '{"x":"\\/"}'), ('a', '{"n":1.10}')])

    def test_whatBreaksTheContract_isNoticed(self):
        for changes in ['"seq":6', '"seq":4', '"seq":5,"added":[{"id":"a","item":1}]', '"seq":5,"removed":["b"]', '"seq":5,"removed":[]',
                        '"seq":5,"updated":[{"id":"b","item":1}]', '"seq":5,"updated":[{"id":"a","patch":[]}]', '"seq":5,"order":[]',
                        '"from":4,"seq":6']:
            with self.subTest(changes=changes), self.assertRaises(ContractBroken):
                self.fold('{"type":"changes","stream":"s","epoch":"e",%s}' % changes)
        with self.assertRaises(ContractBroken):
            self.fold('{"type":"changes","stream":"s","epoch":"other","seq":5}')

    def test_aSpan_isOneStep(self):
        self.assertEqual(self.fold('{"type":"changes","stream":"s","epoch":"e","from":5,"seq":9,"removed":["a"]}').seq, 9)

    def test_holder_keepsWhatIsEqual(self):
        holder = Holder()
        self.assertTrue(holder.poll({'1': '{"n":1.0}', '2': '{}'}))
        self.assertFalse(holder.poll({'2': '{}', '1': '{"n":1}'}))
        self.assertEqual(holder.items, {'1': '{"n":1.0}', '2': '{}'})
        self.assertTrue(holder.poll({'1': '{"n":2}', '3': '1'}))
        self.assertEqual(holder.items, {'1': '{"n":2}', '3': '1'})


class UpstreamItself(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.stop)

    def test_answersArePlayed_andTheLastStays(self):
        route = self.upstream.route('/a')
        route.play([Answer(b'[1]'), Answer(status=500), Answer(b'[2]')])
        got = [fetch(self.upstream.url + '/a?x=1&y=%20') for _ in range(4)]
        self.assertEqual([(r.status, r.body) for r in got], [(200, b'[1]'), (500, b''), (200, b'[2]'), (200, b'[2]')])
        log = self.upstream.requests('/a', x='1')
        self.assertEqual([request.status for request in log], [200, 500, 200, 200])
        self.assertEqual(log[0].query, {'x': '1', 'y': ' '})
        self.assertLessEqual(log[0].time, log[-1].time)
        self.assertEqual(fetch(self.upstream.url + '/none').status, 404)

    def test_knownBody_is304(self):
        self.upstream.route('/a').set(Answer(b'[1]'))
        first = fetch(self.upstream.url + '/a')
        self.assertEqual(fetch(self.upstream.url + '/a', {'If-None-Match': first.headers['ETag']}).status, 304)
        self.upstream.route('/a').set(Answer(b'[2]'))
        self.assertEqual(fetch(self.upstream.url + '/a', {'If-None-Match': first.headers['ETag']}).status, 200)

    def test_heldAnswer_waitsForTheTest(self):
        gate = threading.Event()
        route = self.upstream.route('/a')
        route.set(Answer(b'[1]', hold=gate))
        got = []
        asking = threading.Thread(target=lambda: got.append(fetch(self.upstream.url + '/a')))
        asking.start()
        self.assertTrue(self.upstream.wait(lambda: route.in_flight == 1, 10))
        self.assertEqual(got, [])
        gate.set()
        asking.join(10)
        self.assertEqual(got[0].body, b'[1]')
        self.assertTrue(self.upstream.wait(lambda: route.in_flight == 0, 10))

    def test_faults_breakTheBody(self):
        for name, fault in [('truncated', truncated(b'[1')), ('chunk', truncated_chunk(b'[1')), ('reset', reset(b'[1'))]:
            with self.subTest(name=name):
                self.upstream.route('/' + name).set(fault)
                with self.assertRaises((http.client.IncompleteRead, ConnectionResetError)):
                    fetch(self.upstream.url + '/' + name)
        self.upstream.route('/drip').set(drip())
        with socket.create_connection(('127.0.0.1', self.upstream.port), 10) as connection:
            connection.sendall(b'GET /drip HTTP/1.1\r\nHost: x\r\n\r\n')
            received, started = b'', time.monotonic()
            while not received.endswith(b'[  ') and time.monotonic() < started + 10:
                received += connection.recv(100)
        self.assertTrue(received.endswith(b'[  '))

    def test_stopped_refuses(self):
        self.upstream.route('/a').set(Answer(b'[1]'))
        kept = http.client.HTTPConnection('127.0.0.1', self.upstream.port, timeout=10)
        kept.request('GET', '/a')
        kept.getresponse().read()
        self.upstream.stop()
        with self.assertRaises(OSError):
            fetch(self.upstream.url + '/a')
        with self.assertRaises((OSError, http.client.HTTPException)):
            kept.sock.sendall(b'GET /a HTTP/1.1\r\nHost: x\r\n\r\n')
            if not kept.sock.recv(10):
                raise ConnectionResetError
        kept.close()

    def test_log_keepsPostedBodies(self):
        connection = http.client.HTTPConnection('127.0.0.1', self.upstream.port, timeout=10)
        connection.request('POST', '/result', json.dumps([1]))
        connection.getresponse().read()
        connection.close()
        self.assertEqual(self.upstream.requests('/result')[0].body, b'[1]')
