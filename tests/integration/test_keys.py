"""Keys: found, missing, refused, changed; and never seen where they do not belong."""
import base64
import json
import urllib.parse

from harness import TestCase, wait_until
from upstream import Answer, Upstream
from wsclient import ItemClient, StreamClient

GOOD = [{'id': 1, 'v': 1}]
SECRET = 's3cr3t/+Kväl&value'
USER, PASSWORD = 'us3r-n4me', 'p4ss:w0rd-x'


class Keys(TestCase):
    def write_keys(self, keys, mode=0o600):
        hidden = self.keys.with_name('hidden')
        hidden.write_text(json.dumps(keys))
        hidden.chmod(mode)
        hidden.replace(self.keys)

    def setUp(self):
        super().setUp()
        folder = self.folder()
        self.keys = folder / 'keys.json'
        self.write_keys({})
        self.server = self.server('--keys-file', self.keys, folder=folder, QT_LOGGING_RULES='restream.*=true')
        self.route = self.define(self.server, 'locked', GOOD, auth={'type': 'api_key', 'in': 'header', 'name': 'X-Api-Key', 'key': 'api-key'})

    def test_missingKey_pausesAndIsSaid_untilItIsThere(self):
        server = self.server.start()
        client, original = self.open(StreamClient, server), self.open(ItemClient, server)
        self.assertEqual(client.subscribe('locked')['seq'], 0)
        self.assertEqual(original.subscribe('locked'), {'__restream_type': 'subscribe', 'channel': 'locked'})
        status = client.status('locked', 'paused')
        self.assertEqual(status['error']['code'], 'key_missing')
        self.assertIn('api-key', status['error']['message'])
        self.assertEqual(original.wait({'__restream_type': 'error'})['code'], 'key_missing')
        self.assertEqual(self.upstream.requests(), [])
        self.write_keys({'locked': {'api-key': SECRET}})
        client.wait_seq('locked', 1)
        original.wait({'__restream_type': 'new_item'})
        self.assertEqual(self.upstream.requests()[0].headers['X-Api-Key'].encode('latin-1').decode(), SECRET)

    def test_refusedKey_stops_untilItChanges(self):
        self.write_keys({'locked': {'api-key': 'old-' + SECRET}})
        self.route.call(lambda request: Answer(GOOD) if 'new' in request.headers['X-Api-Key'] else Answer(b'', 401))
        self.define(self.server, 'tick', GOOD)
        server = self.server.start()
        client = self.open(StreamClient, server)
        client.subscribe('locked')
        client.subscribe('tick')
        status = client.status('locked', 'paused')
        self.assertRegex(status['error']['message'], 'refused')
        self.wait_requests('/tick', len(self.upstream.requests('/tick')) + 3)
        self.assertEqual(len(self.upstream.requests('/locked')), 1)
        self.write_keys({'locked': {'api-key': 'new-' + SECRET}})
        client.wait_seq('locked', 1)

    def test_keysFileOthersCanRead_isRefused(self):
        for mode in (0o644, 0o640, 0o604):
            with self.subTest(mode=oct(mode)):
                self.write_keys({'locked': {'api-key': SECRET}}, mode)
                done = self.server.run('fetch', 'locked', '--keys-file', self.keys)
                self.assertEqual(done.code, 1, done)
                self.assertRegex(done.err, r'\b0?600\b')
                self.assertEqual(self.upstream.requests(), [])
                self.assertNotIn(SECRET, done.err)

    def test_systemdCredentials_areRead(self):
        server = self.server
        credentials = server.folder / 'credentials'
        credentials.mkdir()
        (credentials / 'restream-keys').write_text(json.dumps({'locked': {'api-key': SECRET}}))
        (credentials / 'restream-keys').chmod(0o440)  # as systemd makes them
        server.arguments, server.environment['CREDENTIALS_DIRECTORY'] = [], str(credentials)
        client = self.open(StreamClient, server.start())
        client.subscribe('locked')
        client.wait_seq('locked', 1)
        self.assertEqual(self.upstream.requests()[0].headers['X-Api-Key'].encode('latin-1').decode(), SECRET)

    def test_withoutKeychain_thatIsSaid_andOthersRun(self):
        self.server.arguments = []
        self.define(self.server, 'open', GOOD)
        client = self.open(StreamClient, self.server.start())
        client.subscribe('locked')
        client.subscribe('open')
        status = client.status('locked', 'paused')
        self.assertRegex(status['error']['message'], '(?i)keychain|keyring|secret')
        client.wait_seq('open', 1)

    def test_keysFrom_usesTheOthersKeys(self):
        self.define(self.server, 'borrower', GOOD, keys_from='locked', auth={'type': 'bearer', 'key': 'api-key'})
        self.write_keys({'locked': {'api-key': 'abcd'}})
        client = self.open(StreamClient, self.server.start())
        client.subscribe('borrower')
        client.wait_seq('borrower', 1)
        self.assertEqual(self.upstream.requests('/borrower')[0].headers['Authorization'], 'Bearer abcd')


class Secrecy(TestCase):
    """Every way in which a key can go out, with every category of the log switched on: it is nowhere but at its API."""

    def test_secret_isNowhere(self):
        folder, other = self.folder(), Upstream()
        self.addCleanup(other.stop)
        keys = folder / 'keys.json'
        channels = {
            'query': {'type': 'api_key', 'in': 'query', 'name': 'key', 'key': 'k'},
            'header': {'type': 'api_key', 'in': 'header', 'name': 'X-Api-Key', 'key': 'k'},
            'bearer': {'type': 'bearer', 'key': 'k'},
        }
        names = [(name, fault) for name in channels for fault in ('good', 'e401', 'e403', 'e500', 'echo', 'away', 'reset')]
        values = {'%s-%s' % (name, fault): {'k': SECRET} for name, fault in names}
        values['basic-good'] = values['basic-e401'] = values['refused'] = {'u': USER, 'p': PASSWORD, 'k': SECRET}
        keys.write_text(json.dumps(values))
        keys.chmod(0o600)
        server = self.server('--keys-file', keys, folder=folder, QT_LOGGING_RULES='*=true')
        for name, fault in names:
            self.define(server, '%s-%s' % (name, fault), auth=channels[name], quota={'calls': 1000, 'per': 60})
            self.upstream.route('/%s-%s' % (name, fault)).call(lambda request, fault=fault: self.answer(request, fault, other))
        for fault in ('good', 'e401'):
            self.define(server, 'basic-' + fault, auth={'type': 'basic', 'user': 'u', 'password': 'p'})
            self.upstream.route('/basic-' + fault).call(lambda request, fault=fault: self.answer(request, fault, other))
        self.define(server, 'refused', request={'url': 'http://127.0.0.1:1/'}, auth=channels['query'])
        server.start()
        client, original = self.open(StreamClient, server), self.open(ItemClient, server)
        everything = sorted(values)
        for name in everything:
            client.subscribe(name)
            original.subscribe(name)
        said = []
        for name in everything:
            stream = wait_until(lambda: (lambda s: s if s['last_ok'] or s['error'] else None)(server.stream(name)), what=name)
            said.append(json.dumps(stream))
            done = server.run('fetch', name, '--keys-file', keys)
            said += [done.out, done.err]
        self.assertEqual(self.upstream.requests('/query-good')[0].query['key'], SECRET)
        self.assertEqual(self.upstream.requests('/bearer-good')[0].headers['Authorization'].encode('latin-1').decode(), 'Bearer ' + SECRET)
        self.assertEqual(base64.b64decode(self.upstream.requests('/basic-good')[0].headers['Authorization'].split()[1]).decode(),
                         USER + ':' + PASSWORD)
        self.assertEqual(other.requests(), [])  # a redirect elsewhere takes no key along
        said += [server.get(path).text for path in ('/', '/v1/channels', '/healthz')]
        said += [server.get('/v1/channels/%s/items' % name).text for name in everything]
        said += [str(server.run(*command, '--keys-file', keys)) for command in (['channels'], ['keys', 'list'])]
        said += [message.text for message in client.messages + original.messages]
        server.stop()
        self.assertGreater(len(server.errors()), 1000)
        said += [server.errors(), server.output]
        for file in [*server.data.rglob('*'), *server.config.rglob('*')]:
            if file.is_file():
                said.append(file.read_bytes().decode('latin-1').encode('latin-1').decode('utf-8', 'replace'))
        for secret in (SECRET, PASSWORD):
            for form in {secret, urllib.parse.quote(secret, safe=''), urllib.parse.quote(secret), json.dumps(secret)[1:-1],
                         base64.b64encode(secret.encode()).decode(), base64.b64encode((USER + ':' + PASSWORD).encode()).decode()}:
                for text in said:
                    at = text.find(form)
                    self.assertEqual(at, -1, text[max(0, at - 200):at + 50] if at >= 0 else '')

    @staticmethod
    def answer(request, fault, other):
        if fault == 'good':
            return Answer(GOOD)
        if fault == 'echo':  # servers do that
            return Answer('<html>bad request %s %s</html>' % (request.target, request.headers), type='text/html')
        if fault == 'away':
            return Answer(b'', 302, headers={'Location': '%s/x?%s' % (other.url, request.target.partition('?')[2])})
        if fault == 'reset':
            from upstream import reset
            return reset(b'[')
        return Answer(('no: ' + request.target + str(request.headers)).encode('utf-8', 'replace'), int(fault[1:]), 'text/plain')
