"""XML, CSV and NDJSON: what a poll brings, reckoned by Python's own parsers, is what subscribers are told, poll by poll."""
import collections
import csv
import io
import json
import pathlib
import threading
import unittest
import xml.etree.ElementTree

from harness import TestCase
from recordings import FOLDER
from upstream import Answer
from wsclient import StreamClient

PART = 20
XML_SPACE = ' \t\r\n'


# The rules of docs/channel.md, "Formats", once more.

def xml_value(element, name):
    """An element as JSON: text only → string, attributes → "@…", children → members, those that repeat a list."""
    members = {'@' + name(key): value for key, value in element.attrib.items()}
    groups = collections.defaultdict(list)
    for child in element:
        groups[name(child.tag)].append(xml_value(child, name))
    members.update({key: values if len(values) > 1 else values[0] for key, values in groups.items()})
    text = (element.text or '') + ''.join(child.tail or '' for child in element)
    if not text.strip(XML_SPACE):
        return members or ''
    return {**members, '#text': text} if members else text


def rss_items(body):
    prefixes = {uri: prefix for _, (prefix, uri) in xml.etree.ElementTree.iterparse(io.BytesIO(body), ['start-ns'])}

    def name(tag):
        uri, _, local = tag.rpartition('}')
        prefix = prefixes[uri[1:]] if uri else ''
        return prefix + ':' + local if prefix else local
    items = xml.etree.ElementTree.fromstring(body).findall('channel/item')
    return {item.findtext('guid'): xml_value(item, name) for item in items}


def csv_items(body):
    return {row['id']: row for row in csv.DictReader(io.StringIO(body.decode(), newline=''))}


def ndjson_items(body):
    return {item['id']: item for item in map(json.loads, filter(None, body.splitlines()))}


def as_ndjson(body):
    """The rows of a CSV as lines, and some more of them as an earlier version, whose id is there again."""
    rows = list(csv_items(body).values())
    rows = [{**row, 'mag': 'before'} for row in rows[:3]] + rows
    return ''.join(json.dumps(row, ensure_ascii=False) + '\r\n\n' for row in rows).encode()


def bodies(name):
    folder = FOLDER / name
    if not folder.is_dir():
        return []
    meta = json.loads((folder / 'meta.json').read_text())
    names = [entry['file'] for entry in meta['files']] if 'files' in meta else ['body.xml']
    return [(folder / file).read_bytes() for file in names]


RSS = {'items': '/rss/channel/item', 'id_field': '/guid/#text'}
BBC, QUAKES = bodies('seq-bbc-rss-world'), bodies('seq-usgs-all-day-csv')

#: channel → Content-Type, members of its definition, bodies, a reader of one
RECORDED = {
    'bbc': ('text/xml; charset=utf-8', RSS, BBC, rss_items),
    'gdacs': ('application/rss+xml', RSS, bodies('one-gdacs-rss'), rss_items),
    'gdacs-24h': ('application/octet-stream', {**RSS, 'format': 'xml'}, bodies('one-gdacs-rss-24h'), rss_items),
    'quakes': ('text/csv', {'id_field': 'id'}, QUAKES, csv_items),
    'quakes-lines': ('application/x-ndjson', {'id_field': 'id'}, list(map(as_ndjson, QUAKES)), ndjson_items),
}


def reckoned(polls):
    """Of each poll that changed something, how many items it added, updated and removed."""
    held, counts = {}, []
    for number, items in enumerate(polls):
        count = (len(items.keys() - held.keys()), sum(items[id] != held[id] for id in items.keys() & held.keys()),
                 len(held.keys() - items.keys()))
        if any(count) or number == 0:
            counts.append(count)
        held = items
    return counts


class Part:
    """Consecutive bodies of a recording, played one a request once the gate opens."""

    def __init__(self, name, number, kind, bodies, read, gate, upstream):
        self.name, self.number, self.polls = name, str(number), list(map(read, bodies))
        self.stream, self.path = '%s?part=%d' % (name, number), '/%s/%d' % (name, number)
        upstream.route(self.path).play([Answer(body, type=kind, hold=gate if index == 0 else None)
                                        for index, body in enumerate(bodies)])


@unittest.skipUnless(all(recorded[2] for recorded in RECORDED.values()), 'no recordings here')
class Recorded(TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.server()
        for name, (_, members, _, _) in RECORDED.items():
            self.server.define(name, request={'url': '%s/%s/{part}' % (self.upstream.url, name)}, params={'part': {'default': 'first'}},
                               poll_interval=1, **members)

    def test_counts_areThoseOfAnIndependentReckoning(self):
        gate, parts = threading.Event(), []
        self.addCleanup(gate.set)
        for name, (kind, _, bodies, read) in RECORDED.items():
            parts += [Part(name, number, kind, bodies[start:start + PART], read, gate, self.upstream)
                      for number, start in enumerate(range(0, max(1, len(bodies) - 1), PART - 1))]
        client = self.open(StreamClient, self.server.start())
        for part in parts:
            client.subscribe(part.name, {'part': part.number})
        gate.set()
        for part in parts:  # one more poll than bodies: the last one's changes are out
            self.wait_requests(part.path, len(part.polls) + 1, timeout=2 * PART + 60)
        changes = 0
        for part in parts:
            with self.subTest(stream=part.stream):
                expected = reckoned(part.polls)
                fold = client.wait_seq(part.stream, len(expected))
                self.assertEqual({id: json.loads(text) for id, text in fold.texts().items()}, part.polls[-1])
                self.assertEqual(self.told(client, part.stream), expected)
                changes += len(expected)
        self.assertGreater(changes, 2 * len(parts))  # the recordings do change

    def told(self, client, stream):
        """What the client was told: the snapshot's items as added, then the changes."""
        messages = client.seen(lambda m: m.get('stream') == stream and m['type'] in ('snapshot', 'changes'))
        counts = [(len(messages[0]['items']), 0, 0)]
        return counts + [tuple(len(m.get(kind, [])) for kind in ('added', 'updated', 'removed')) for m in messages[1:]]

    def test_fetch_printsTheItemsOfEachFormat(self):
        for name, (kind, _, bodies, read) in RECORDED.items():
            with self.subTest(channel=name):
                self.upstream.route('/%s/first' % name).set(Answer(bodies[0], type=kind))
                done = self.server.run('fetch', name)
                self.assertEqual(done.code, 0, done)
                lines = [json.loads(line) for line in done.out.splitlines()]
                self.assertEqual({line['id']: line['item'] for line in lines}, read(bodies[0]))
                self.assertIn('%d items' % len(lines), done.err)
                self.assertEqual('3 with an id that was there before' in done.err, name == 'quakes-lines')

    def test_charsets_giveTheSameItems(self):
        text = BBC[0].decode().replace('Europe floods', 'Überflutung in Europa')
        expected = rss_items(text.encode())
        self.assertIn('Überflutung', json.dumps(expected, ensure_ascii=False))
        route = self.upstream.route('/bbc/first')
        declared = lambda name: text.replace('encoding="UTF-8"', 'encoding="%s"' % name)
        latin = lambda text: text.encode('windows-1252', 'xmlcharrefreplace')
        for kind, body in {'text/xml': latin(declared('ISO-8859-1')), 'application/xml; charset=windows-1252': latin(text),
                           'application/xml': declared('UTF-16').encode('utf-16'), 'text/xml; charset=utf-8': text.encode('utf-8-sig'),
                           'application/rss+xml': declared('UTF-16').encode('utf-16-be')}.items():
            with self.subTest(kind=kind):
                route.set(Answer(body, type=kind))
                done = self.server.run('fetch', 'bbc')
                self.assertEqual(done.code, 0, done)
                items = {line['id']: line['item'] for line in map(json.loads, done.out.splitlines())}
                self.assertEqual(items, expected)


FEED = b'<rss><channel>%s</channel></rss>'
ITEM = b'<item><guid>1</guid><title>a</title></item>'
LAUGHS = b'<!DOCTYPE r [<!ENTITY a "%s">%s]><rss>&n9;</rss>' % (
    b'ha' * 10, b''.join(b'<!ENTITY n%d "%s">' % (n, (b'&n%d;' % (n - 1) if n else b'&a;') * 20) for n in range(10)))

#: channel → a good answer, a broken one, the error's code, words of its message
BROKEN = {
    'xml': (Answer(FEED % ITEM, type='text/xml'), Answer((FEED % ITEM)[:-10], type='text/xml'), 'not_xml', 'line 1, column'),
    'laughs': (Answer(FEED % ITEM, type='text/xml'), Answer(LAUGHS, type='text/xml'), 'not_xml', 'declarations of its own'),
    'page': (Answer(FEED % ITEM, type='text/xml'), Answer(b'<html><body>Sorry</body></html>', type='text/html'), 'not_json', 'Sorry'),
    'csv': (Answer(b'guid,title\n1,a\n', type='text/csv'), Answer(b'guid,title\n1,a\n2', type='text/csv'), 'not_csv', 'in line 3'),
    'ndjson': (Answer(b'{"guid":1,"title":"a"}\n', type='application/x-ndjson'),
               Answer(b'{"guid":1,"title":"a"}\n{"guid', type='application/x-ndjson'), 'not_ndjson', 'line 2 is not JSON'),
    'charset': (Answer(b'guid\n1\n', type='text/csv; charset=iso-8859-1'), Answer(b'guid\n2\n', type='text/csv; charset=klingon'),
                'bad_charset', 'klingon'),
    'empty': (Answer(b'guid\n1\n', type='text/csv'), Answer(b'', type='text/csv'), 'empty_body', 'CSV was expected'),
}


class Faults(TestCase):
    def test_brokenBody_keepsTheItemsAndSaysWhy(self):
        server = self.server()
        routes = {name: self.define(server, name, good, id_field='guid', items='/rss/channel/item' if b'<' in good.body else '')
                  for name, (good, _, _, _) in BROKEN.items()}
        client = self.open(StreamClient, server.start())
        for name in BROKEN:
            client.subscribe(name)
        for name, (_, broken, _, _) in BROKEN.items():
            client.wait_seq(name, 1)
            routes[name].set(broken)
        for name, (_, _, code, words) in BROKEN.items():
            with self.subTest(fault=name):
                error = client.status(name, 'failing')['error']
                self.assertEqual(error['code'], code)
                self.assertIn(words, error['message'])
                held = server.get('/v1/channels/%s/items' % name).json()
                self.assertEqual(([entry['id'] for entry in held['items']], held['seq']), (['1'], 1))

    def test_oneItemAndNone_areAListThroughout(self):
        server = self.server()
        second = ITEM.replace(b'1', b'2')
        route = self.define(server, 'feed', Answer(FEED % ITEM, type='text/xml'), id_field='guid', items='/rss/channel/item')
        client = self.open(StreamClient, server.start())
        client.subscribe('feed')
        client.wait_seq('feed', 1)
        for seq, items, ids in ((2, ITEM + second, {'1', '2'}), (3, second, {'2'}), (4, b'\n', set()), (5, ITEM, {'1'})):
            route.set(Answer(FEED % items, type='text/xml'))
            self.assertEqual(set(client.wait_seq('feed', seq).texts()), ids)

    def test_changeOfTheFormat_beginsAnew(self):
        server = self.server()
        members = {'request': {'url': self.upstream.url + '/rows'}, 'id_field': 'id', 'poll_interval': 1}
        self.upstream.route('/rows').set(Answer(b'id,v\n1,2\n', type='text/csv'))
        server.define('rows', **members)
        client = self.open(StreamClient, server.start())
        client.subscribe('rows')
        epoch = client.wait_seq('rows', 1).epoch
        self.assertEqual(client.fold('rows').texts(), {'1': '{"id":"1","v":"2"}'})
        server.define('rows', csv={'numbers': True}, **members)
        snapshot = client.ever(lambda m: m.get('type') == 'snapshot' and m['epoch'] != epoch and m['items'])
        self.assertEqual([entry['item'] for entry in snapshot['items']], [{'id': 1, 'v': 2}])


EXAMPLES = pathlib.Path(__file__).parents[2] / 'docs/channel.md'


class Documentation(TestCase):
    def test_everyExample_isAGoodDefinition(self):
        server = self.server()
        blocks = [block.split('```')[0] for block in EXAMPLES.read_text().split('```json\n')[1:]]
        definitions = [json.loads(block) for block in blocks if block.lstrip().startswith('{') and '"name"' in block and '"request"' in block]
        self.assertGreater(len(definitions), 6)
        for definition in definitions:
            server.define(**definition)
        done = server.run('check', server.config / 'channels')
        self.assertEqual(done.code, 0, done)
