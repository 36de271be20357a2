"""The original's clients, word for word as its README shows them, against /channels."""
import json
import os
import shutil
import subprocess
import unittest

from harness import Process, TestCase, clean_environment
from upstream import Answer
from wsclient import ItemClient

TOP = [{'short_url': 'https://nyti.ms/1', 'title': 'One'}, {'short_url': 'https://nyti.ms/2', 'title': 'Two'}]
TWEET = {'id': 785164371995615232, 'id_str': '785164371995615232', 'favorite_count': 3}
TWEET_ID = '785164371995615232'
NODE_FOLDERS = '/usr/share/nodejs:/usr/lib/node_modules:/usr/local/lib/node_modules'


def node_module(name):
    """Where node finds this module; None where it does not."""
    node = shutil.which('node')
    if not node:
        return None
    found = subprocess.run([node, '-p', 'require.resolve("%s")' % name], capture_output=True, text=True,
                           env={**os.environ, 'NODE_PATH': NODE_FOLDERS})
    return found.stdout.strip() if found.returncode == 0 else None


class Original(TestCase):
    def setUp(self):
        super().setUp()
        folder = self.folder()
        keys = folder / 'keys.json'
        keys.write_text('{\n\t"nyt-top": {\n\t\t"api-key": "abcd"\n\t},\n\t"twitter-status": {\n\t\t"access-token": "sdlk"\n\t}\n}\n')
        keys.chmod(0o600)
        server = self.server('--keys-file', keys, folder=folder)
        self.top = self.define(server, 'nyt-top', {'results': TOP}, id_field='short_url', items='/results',
                               request={'url': self.upstream.url + '/nyt-top/{section}.json'}, params={'section': {'default': 'home'}},
                               auth={'type': 'api_key', 'in': 'query', 'name': 'api-key', 'key': 'api-key'})
        self.top = self.upstream.route('/nyt-top/home.json')
        self.top.set(Answer({'results': TOP}))
        self.tweet = self.define(server, 'twitter-status', TWEET, id_field='id_str', shape='single', params={'id': {}},
                                 request={'query': {'id': '{id}'}}, auth={'type': 'bearer', 'key': 'access-token'})
        self.server = server.start()

    def test_readmesTranscript_works(self):
        client = self.open(ItemClient, self.server)
        client.send('{ "action": "subscribe", "channel": "nyt-top" }')
        self.assertEqual(client.next().text, '{"__restream_type":"subscribe","channel":"nyt-top"}')
        for item in TOP:
            message = client.next()
            self.assertEqual({k: v for k, v in message.items() if not k.startswith('__')}, item)
            self.assertEqual([k for k in message if k.startswith('__')],
                             ['__restream_type', '__restream_channel', '__restream_stream', '__restream_seq', '__restream_snapshot']
                             if '__restream_snapshot' in message else
                             ['__restream_type', '__restream_channel', '__restream_stream', '__restream_seq'])
            self.assertEqual((message['__restream_type'], message['__restream_channel'], message['__restream_stream'], message['__restream_seq']),
                             ('new_item', 'nyt-top', 'nyt-top?section=home', 1))
        self.assertEqual(self.upstream.requests('/nyt-top/home.json')[0].query, {'api-key': 'abcd'})

        client.send('{ "action": "subscribe", "channel": "twitter-status", "params": {"id": "785164371995615232"}}')
        self.assertEqual(client.next(), {'__restream_type': 'subscribe', 'channel': 'twitter-status'})
        message = client.next()
        self.assertTrue(message.text.startswith('{"id":785164371995615232,"id_str":"785164371995615232","favorite_count":3,"__restream_type":"new_item"')
                        or message.text.startswith('{"id":785164371995615232,'), message.text)
        self.assertEqual(message['__restream_stream'], 'twitter-status?id=785164371995615232')
        request = self.upstream.requests('/twitter-status')[0]
        self.assertEqual((request.query, request.headers['Authorization']), ({'id': TWEET_ID}, 'Bearer sdlk'))

        self.tweet.set(Answer({**TWEET, 'favorite_count': 4}))
        message = client.wait({'__restream_type': 'updated_item'})
        self.assertEqual((message['favorite_count'], message['__restream_diff']),
                         (4, [{'op': 'replace', 'path': '/favorite_count', 'value': 4}]))
        self.top.set(Answer({'results': TOP[1:]}))
        message = client.wait({'__restream_type': 'removed_item'})
        self.assertEqual(message, {'__restream_type': 'removed_item', '__restream_id': 'https://nyti.ms/1', '__restream_channel': 'nyt-top',
                                   '__restream_stream': 'nyt-top?section=home', '__restream_seq': 2})

    def test_unsubscribe_needsTheSameParams(self):
        client = self.open(ItemClient, self.server)
        client.subscribe('twitter-status', {'id': TWEET_ID})
        client.wait({'__restream_type': 'new_item'})
        client.send({'action': 'unsubscribe', 'channel': 'twitter-status', 'params': {'id': '1'}})
        client.wait({'__restream_type': 'unsubscribe', 'channel': 'twitter-status'})
        self.tweet.set(Answer({**TWEET, 'favorite_count': 5}))
        client.wait({'__restream_type': 'updated_item'})
        client.send({'action': 'unsubscribe', 'channel': 'twitter-status', 'params': {'id': TWEET_ID}})
        client.wait({'__restream_type': 'unsubscribe', 'channel': 'twitter-status'})
        self.tweet.set(Answer({**TWEET, 'favorite_count': 6}))
        self.assert_silent(client, 'twitter-status', '/twitter-status')

    def test_unsubscribeAll_inEachSpelling(self):
        for action in ('unsubscribe_all', 'unsubscribe-all', 'Unsubscribe_All', 'UNSUBSCRIBE-ALL'):
            with self.subTest(action=action), ItemClient(self.server) as client:
                client.send({'action': 'SUBSCRIBE', 'channel': 'nyt-top', 'params': {'section': 'home'}})
                client.wait({'__restream_type': 'subscribe', 'channel': 'nyt-top'})
                client.send({'action': 'Subscribe', 'channel': 'twitter-status', 'params': {'id': int(TWEET_ID)}})
                client.wait({'__restream_type': 'subscribe', 'channel': 'twitter-status'})
                client.send({'action': action})
                ended = {client.wait({'__restream_type': 'unsubscribe'})['channel'] for _ in range(2)}
                self.assertEqual(ended, {'nyt-top', 'twitter-status'})

    def test_secondSubscribe_changesNothing(self):
        client = self.open(ItemClient, self.server)
        for _ in range(2):
            client.send({'action': 'subscribe', 'channel': 'nyt-top'})
        for _ in TOP:
            client.wait({'__restream_type': 'new_item'})
        client.send({'action': 'unsubscribe', 'channel': 'nyt-top'})
        client.wait({'__restream_type': 'unsubscribe'})
        self.assertEqual(len(client.seen(lambda m: m['__restream_type'] == 'subscribe')), 1)
        self.assertEqual(len(client.seen(lambda m: m['__restream_type'] == 'new_item')), len(TOP))

    def test_lateSubscriber_getsASnapshot(self):
        self.open(ItemClient, self.server).subscribe('nyt-top')
        self.wait_requests('/nyt-top/home.json', 2)
        late = self.open(ItemClient, self.server)
        late.subscribe('nyt-top')
        for item in TOP:
            message = late.next()
            self.assertEqual((message['__restream_type'], message['__restream_snapshot'], message['title']), ('new_item', True, item['title']))

    def test_whatIsWrong_isAnErrorAndTheConnectionStays(self):
        client = self.open(ItemClient, self.server)
        for text, code in [('{"action":', 'bad_message'), ('[]', 'bad_message'), ('{"action":"fly"}', 'unknown_action'),
                           ('{"action":"subscribe","channel":"none"}', 'unknown_channel'),
                           ('{"action":"subscribe","channel":"twitter-status"}', 'missing_param'),
                           ('{"action":"subscribe","channel":"nyt-top","params":{"sectoin":"home"}}', 'unknown_param')]:
            with self.subTest(text=text):
                client.send(text)
                message = client.next()
                self.assertEqual((message['__restream_type'], message['code']), ('error', code))
                self.assertTrue(message['message'])
        self.assertEqual(client.subscribe('nyt-top')['__restream_type'], 'subscribe')

    def assert_silent(self, client, channel, path):
        """Polls go on (others watch), but this client hears nothing of the channel."""
        with ItemClient(self.server) as other:
            other.subscribe(channel, {'id': TWEET_ID})
            other.wait(lambda m: m.get('favorite_count') == 6)
        client.send({'action': 'unsubscribe_all'})
        client.send({'action': 'fly'})
        client.wait({'__restream_type': 'error'})
        self.assertEqual(client.seen(lambda m: m.get('favorite_count') == 6), [])

    @unittest.skipUnless(node_module('ws'), "npm's ws is not here")
    def test_nodesWs_subscribes(self):
        script = '''
            const WebSocket = require(process.argv[1]);
            const ws = new WebSocket(process.argv[2]);
            ws.on('open', () => ws.send(JSON.stringify({ action: 'subscribe', channel: 'nyt-top' })));
            ws.on('message', (m) => console.log(String(m)));
            ws.on('error', (e) => { console.log(e); process.exit(1); });'''
        process = Process([shutil.which('node'), '-e', script, node_module('ws'), self.server.ws('/channels')],
                          clean_environment(self.server.folder))
        self.addCleanup(process.kill)
        process.wait_line(lambda line: json.loads(line).get('title') == 'Two')
        self.assertEqual([json.loads(line)['__restream_type'] for line in process.lines[:4]], ['ready', 'subscribe', 'new_item', 'new_item'])

    @unittest.skipUnless(shutil.which('wscat'), 'wscat is not here')
    def test_wscat_subscribes(self):
        process = Process(['wscat', '-c', self.server.ws('/channels'), '-w', '20', '-x', '{ "action": "subscribe", "channel": "nyt-top" }'],
                          clean_environment(self.server.folder, NODE_PATH=NODE_FOLDERS), stdin=subprocess.PIPE)  # it ends with its input
        self.addCleanup(process.popen.stdin.close)
        self.addCleanup(process.kill)
        process.wait_line(lambda line: '"title":"Two"' in line)
