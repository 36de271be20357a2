"""Channel files: a broken one turns only itself off, an edited one counts at once."""
import json

from harness import TestCase, wait_until
from upstream import Answer
from wsclient import ItemClient, StreamClient

GOOD = [{'id': 1, 'v': 1}]


class Definitions(TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.server()
        self.define(self.server, 'well', GOOD)

    def broken(self):
        """name → (text, what its line of the log says)."""
        url = self.upstream.url
        return {
            'syntax': ('{"name": "syntax",\n "request": {"url": "%s/x"},\n "poll_interval": 5,,\n}' % url, r'syntax\.json:3'),
            'types': ('{"name": "types",\n "request": {"url": "%s/x"},\n "poll_interval": "often"}' % url, r'types\.json:3.*/poll_interval'),
            'zero': ('{"name": "zero",\n "request": {"url": "%s/x"},\n\n "poll_interval": 0}' % url, r'zero\.json:4.*/poll_interval.*1.*604800'),
            'other': ('{"name": "another", "request": {"url": "%s/x"}}' % url, r'other\.json:1.*/name'),
            'later': ('{"name": "later", "request": {"url": "%s/x"},\n "pagination": {"type": "link"}}' % url, r'later\.json:2.*not supported yet'),
            'header': ('{"name": "header", "request": {"url": "%s/x",\n "headers": {"X-A": "a\\r\\nX-B: b"}}}' % url, r'header\.json:2.*headers'),
        }

    def test_brokenFile_turnsOnlyItselfOff(self):
        for name, (text, _) in self.broken().items():
            (self.server.config / 'channels' / (name + '.json')).write_text(text)
        client = self.open(StreamClient, self.server.start())
        client.subscribe('well')
        client.wait_seq('well', 1)
        for name, (text, said) in self.broken().items():
            with self.subTest(file=name):
                self.assertRegex(self.server.errors(), said)
                self.assertEqual(client.ask(action='subscribe', channel=name)['code'], 'unknown_channel')
                self.assertEqual((self.server.config / 'channels' / (name + '.json')).read_text(), text)
        self.assertIn('usgs-quakes', self.server.channels())

    def test_check_saysTheSame(self):
        for name, (text, said) in self.broken().items():
            file = self.server.config / (name + '.json')
            file.write_text(text)
            with self.subTest(file=name):
                done = self.server.run('check', file)
                self.assertEqual(done.code, 1, done)
                self.assertRegex(done.out + done.err, said)

    def test_brokenUsersFile_turnsTheCatalogsOffToo(self):
        (self.server.config / 'channels' / 'usgs-quakes.json').write_text('{')
        self.server.start()
        self.assertNotIn('usgs-quakes', self.server.channels())

    def test_usersChannel_replacesTheCatalogs(self):
        self.define(self.server, 'usgs-quakes', GOOD, description='mine')
        self.server.start()
        self.assertEqual(self.server.get('/').json()['usgs-quakes']['description'], 'mine')
        client = self.open(StreamClient, self.server)
        client.subscribe('usgs-quakes')
        client.wait_seq('usgs-quakes', 1)

    def test_newFile_isAChannelAtOnce(self):
        server = self.server.start()
        self.assertNotIn('fresh', server.channels())
        self.define(server, 'fresh', GOOD)
        wait_until(lambda: 'fresh' in server.channels(), what='the new channel')
        client = self.open(StreamClient, server)
        client.subscribe('fresh')
        client.wait_seq('fresh', 1)

    def test_editedInterval_countsAndItemsStay(self):
        server = self.server
        self.define(server, 'edited', GOOD, poll_interval=3600)
        client = self.open(StreamClient, server.start())
        client.subscribe('edited')
        client.wait_seq('edited', 1)
        self.upstream.route('/edited').set(Answer([{'id': 1, 'v': 2}]))
        self.define(server, 'edited', poll_interval=1)
        fold = client.wait_seq('edited', 2)
        self.assertEqual((fold.seqs, fold.snapshots), ([2], ['subscribed']))
        self.assertEqual(server.channels()['edited']['poll_interval'], 1)

    def test_editedRequest_isANewEpoch(self):
        server = self.server
        self.define(server, 'moved', GOOD)
        client = self.open(StreamClient, server.start())
        old = client.subscribe('moved')
        epoch = client.wait_seq('moved', 1).epoch
        self.upstream.route('/elsewhere').set(Answer([{'id': 9, 'v': 9}]))
        server.define('moved', request={'url': self.upstream.url + '/elsewhere'}, id_field='id', poll_interval=1)
        message = client.wait({'type': 'snapshot', 'reason': 'resync'})
        self.assertNotEqual(message['epoch'], epoch)
        self.assertEqual([entry['id'] for entry in message['items']], ['9'])
        self.assertEqual(client.fold('moved').snapshots, ['subscribed', 'resync'])
        later = self.open(StreamClient, server)
        answer = later.subscribe('moved', since={'epoch': epoch, 'seq': 1})
        self.assertEqual(answer['recovered'], False)
        self.assertEqual(old['stream'], 'moved')

    def test_removedFile_endsTheChannel(self):
        server = self.server
        self.define(server, 'passing', GOOD)
        client = self.open(StreamClient, server.start())
        client.subscribe('passing')
        client.wait_seq('passing', 1)
        (server.config / 'channels' / 'passing.json').unlink()
        wait_until(lambda: 'passing' not in server.channels(), what='the end of the channel')
        client.wait(lambda m: m['type'] in ('error', 'unsubscribed'))
        self.assertEqual(client.ask(action='subscribe', channel='passing')['code'], 'unknown_channel')
        client.subscribe('well')
        client.wait_seq('well', 1)

    def test_fileBrokenWhileRunning_isSaid_andRepaired(self):
        server = self.server.start()
        file = server.config / 'channels' / 'well.json'
        good = file.read_text()
        file.write_text(good.replace('"poll_interval": 1', '"poll_interval": -1'))
        wait_until(lambda: 'well' not in server.channels(), what='the channel off')
        self.assertRegex(server.errors(), r'well\.json:\d+.*/poll_interval')
        file.write_text(good)
        wait_until(lambda: 'well' in server.channels(), what='the channel back')

    def test_needsIdField_isSaidWithWhatWouldDo(self):
        self.server.define('noid', request={'url': self.upstream.url + '/noid'}, poll_interval=1)
        self.upstream.route('/noid').set(Answer([{'code': 'x', 'v': [1]}]))
        client = self.open(StreamClient, self.server.start())
        client.subscribe('noid')
        status = client.wait(lambda m: m['type'] == 'status' and m['error'])
        self.assertRegex(status['error']['message'], r'id_field.*code')

    def test_demo_showsLifeWithoutTheInternet(self):
        """The first run: the bundled recording plays."""
        client = self.open(StreamClient, self.server.start())
        answer = client.subscribe('demo-quakes')
        fold = client.wait_seq(answer['stream'], 1)
        self.assertGreater(len(fold.items), 10)
        client.wait_seq(answer['stream'], fold.seq + 1, timeout=40)
        original = self.open(ItemClient, self.server)
        original.subscribe('demo-quakes')
        self.assertTrue(original.wait({'__restream_type': 'new_item'})['id'])
        self.assertEqual(self.upstream.requests(), [])
        self.assertNotIn('error', json.dumps(client.seen(lambda m: m['type'] == 'error')))
