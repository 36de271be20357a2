"""What upstream wrote is what arrives, token for token, on every way out."""
import exactjson
from harness import TestCase
from upstream import Answer
from wsclient import ItemClient, StreamClient

ITEMS = [  # white space between tokens is dropped, nothing else
    r'{"id": "big", "n": 9007199254740993, "u": 12345678901234567890, "p": 1.10, "e": 1e400, "E": -0.0E+2}',
    r'{"id": "twice", "a": 1, "a": 2, "b": {"c": [], "c": {}}}',
    r'{"id": "escapes", "s": "a\/b \u0041 \u00e9 é \ud83d\ude00 😀 \" \\ \b\f\n\r\t", "k\/y": 1}',
    r'{"__proto__": {"x": 1}, "constructor": 2, "id": "proto", "hasOwnProperty": null}',
    r'{"id": "lone", "s": "\ud800", "t": "\udc00\ud800x"}',
    r'{"id": 9007199254740993, "z": 1, "a": 2, "deep": [[[[{"x": [1.0, 1.00, 1E0]}]]]]}',
    r'{"id": "empty", "": "", "o": { }, "l": [ ], "nul": null, "t": true, "f": false}',
    r'{"id": "mine", "__restream_type": "new_item", "__restream_seq": "x"}',
]
CHANGED = [item.replace('"id"', '"new": 0.10, "id"', 1) for item in ITEMS]
IDS = ['big', 'twice', 'escapes', 'proto', 'lone', '9007199254740993', 'empty', 'mine']


def body(items):
    return ('[\n  ' + ' ,\r\n\t'.join(items) + ' ]\n').encode()


class Fidelity(TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.server()
        self.route = self.define(self.server, 'odd', body(ITEMS))
        self.server.start()

    def test_streamAndHttp_relayTokens(self):
        clients = {updates: self.open(StreamClient, self.server) for updates in ('item', 'patch', 'merge')}
        for updates, client in clients.items():
            client.subscribe('odd', updates=updates)
            fold = client.wait_seq('odd', 1)
            self.assertEqual(list(fold.texts().items()), list(zip(IDS, map(exactjson.compact, ITEMS))))
        self.assert_items_on_http(ITEMS)
        self.route.set(Answer(body(CHANGED)))
        for updates, client in clients.items():
            fold = client.wait_seq('odd', 2)
            with self.subTest(updates=updates):
                self.assertEqual(fold.values(), {id: exactjson.value(item) for id, item in zip(IDS, CHANGED)})
                self.assertEqual(fold.texts()['twice'], exactjson.compact(CHANGED[1]))  # duplicates travel whole in every form
        self.assertEqual(list(clients['item'].fold('odd').texts().values()), list(map(exactjson.compact, CHANGED)))
        self.assertEqual(clients['patch'].fold('odd').forms, {'item', 'patch'})
        self.assertEqual(clients['merge'].fold('odd').forms, {'item', 'merge'})
        self.assert_items_on_http(CHANGED)

    def test_itemMessages_beginWithTheItemsOwnTokens(self):
        client = self.open(ItemClient, self.server)
        client.subscribe('odd')
        for items, kind in ((ITEMS, 'new_item'), (CHANGED, 'updated_item')):
            self.route.set(Answer(body(items)))
            for item in items:
                message = client.wait(lambda m: m.text.startswith(exactjson.compact(item)[:-1] + ','))
                added = message.text[len(exactjson.compact(item)):]
                self.assertTrue(added.startswith('"__restream_type":"%s",' % kind), added)

    def test_equalItem_staysAsItWas(self):
        client = self.open(StreamClient, self.server)
        client.subscribe('odd')
        client.wait_seq('odd', 1)
        same = [ITEMS[0].replace('1.10', '1.1').replace('-0.0E+2', '0'), *ITEMS[1:6], ITEMS[6].replace('"o": { }, "l": [ ]', '"l":[],"o":{}'), ITEMS[7]]
        self.assertNotEqual(same, ITEMS)
        self.route.set(Answer(body(same)))
        self.wait_requests('/odd', len(self.upstream.requests('/odd')) + 2)
        client.sync()
        self.assertEqual(client.fold('odd').seq, 1)
        self.assert_items_on_http(ITEMS)

    def test_itemsThatAreNoObjects_travelToo(self):
        values = ['"a\\/b"', '12345678901234567890', '1.10', '"😀"']
        self.define(self.server, 'scalars', body(values), id_field=None)
        file = self.server.config / 'channels' / 'scalars.json'
        file.write_text(file.read_text().replace('"id_field": null,', ''))
        self.server.stop()
        self.server.start()
        client = self.open(StreamClient, self.server)
        client.subscribe('scalars')
        self.assertEqual(client.wait_seq('scalars', 1).texts(), dict(zip(['a/b', '12345678901234567890', '1.10', '😀'], values)))
        client = self.open(ItemClient, self.server)
        client.subscribe('scalars')
        for value in values:
            self.assertTrue(client.wait({'__restream_type': 'new_item'}).text.startswith('{"__restream_item":%s,"__restream_type"' % value))

    def assert_items_on_http(self, items):
        response = self.server.get('/v1/channels/odd/items')
        self.assertEqual(response.status, 200)
        entries = exactjson.elements(dict(exactjson.members(response.text))['items'])
        self.assertEqual([dict(exactjson.members(entry))['item'] for entry in entries], list(map(exactjson.compact, items)))
