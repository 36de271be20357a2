"""The commands of restreamd: what they print, and with what they exit."""
import json
import signal

import exactjson
from harness import BIN, Process, TestCase, clean_environment, run
from upstream import Answer

ITEMS = '[{"id": 9007199254740993, "v": 1.10}, {"id": "b", "s": "a\\/b"}]'
TEXTS = ['{"id":"9007199254740993","item":{"id":9007199254740993,"v":1.10}}', '{"id":"b","item":{"id":"b","s":"a\\/b"}}']


class Cli(TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.server()
        self.route = self.define(self.server, 'well', ITEMS.encode(), params={'level': {'default': 'all'}}, request={'query': {'level': '{level}'}})

    def test_help_namesEverything(self):
        done = run('--help')
        self.assertEqual(done.code, 0, done)
        for word in ('--config', '--data', '--port', '--bind', '--allow-origin', '--keys-file', 'check', 'fetch', 'tail', 'channels', 'keys'):
            self.assertIn(word, done.out)
        for command in ('check', 'fetch', 'guess', 'tail', 'channels', 'keys'):
            done = run(command, '--help')
            self.assertEqual(done.code, 0, done)
            self.assertIn(command, done.out)

    def test_version(self):
        done = run('--version')
        self.assertEqual(done.code, 0, done)
        self.assertRegex(done.out, r'^restreamd \d+\.\d+')

    def test_check_passesGoodFiles(self):
        folder = self.server.config / 'channels'
        for path in (folder, folder / 'well.json'):
            done = self.server.run('check', path)
            self.assertEqual(done.code, 0, done)
        done = self.server.run('check', folder / 'none.json')
        self.assertEqual(done.code, 1, done)
        self.assertIn('none.json', done.out + done.err)

    def test_fetch_printsItemsAsTheyAre(self):
        done = self.server.run('fetch', 'well', 'level=5 6&7')
        self.assertEqual(done.code, 0, done)
        self.assertEqual(done.out.splitlines(), TEXTS)
        self.assertRegex(done.err, r'\b2 items\b')
        self.assertEqual(self.upstream.requests()[0].query, {'level': '5 6&7'})
        self.assertRegex(self.upstream.requests()[0].headers['User-Agent'], r'^Restream/\d')

    def test_fetchThatFails_says(self):
        for arguments, word in ((['none'], 'none'), (['well', 'nope=1'], 'nope'), (['well', 'level'], 'level')):
            with self.subTest(arguments=arguments):
                done = self.server.run('fetch', *arguments)
                self.assertIn(done.code, (1, 2), done)
                self.assertEqual(done.out, '')
                self.assertIn(word, done.err)
        self.assertEqual(self.upstream.requests(), [])
        self.route.set(Answer(b'<html>Oops</html>', type='text/html'))
        done = self.server.run('fetch', 'well')
        self.assertEqual((done.code, done.out), (1, ''), done)
        self.assertIn('Oops', done.err)

    def test_channels_namesComeFirst(self):
        (self.server.config / 'channels' / 'bad.json').write_text('{')
        done = self.server.run('channels')
        names = [line.split()[0] for line in done.out.splitlines()]
        self.assertIn('well', names)
        self.assertIn('usgs-quakes', names)
        self.assertNotIn('bad', names)
        self.assertIn('bad.json', done.err)

    def tail(self, *arguments):
        process = Process([BIN / 'restreamd', 'tail', *arguments, '--server', self.server.url], clean_environment(self.server.folder))
        self.addCleanup(process.kill)
        return process

    def test_tail_printsMessagesAndResumes(self):
        server = self.server.start()
        tail = self.tail('well', 'level=5', '--updates', 'patch')
        line = tail.wait_line(lambda line: '"snapshot"' in line)
        self.assertEqual([entry['id'] for entry in json.loads(line)['items']], ['9007199254740993', 'b'])
        self.assertIn('1.10', line)
        server.stop()
        server.start(server.port)
        self.route.set(Answer(b'[{"id": "b", "s": "c", "more": "%s"}]' % (b'x' * 50)))
        line = tail.wait_line(lambda line: '"changes"' in line, timeout=40)
        self.assertEqual((json.loads(line)['seq'], json.loads(line)['removed']), (2, ['9007199254740993']))
        self.assertEqual(len([line for line in tail.lines if '"snapshot"' in line]), 1)
        for line in tail.lines:
            exactjson.value(line)
        tail.signal(signal.SIGINT)
        self.assertEqual(tail.wait(), 0, tail.errors())

    def test_tailOfAnUnknownChannel_ends(self):
        self.server.start()
        tail = self.tail('none')
        self.assertEqual(tail.wait(), 1, tail.errors())
        self.assertIn('none', tail.errors())

    def test_keys_areSetListedRemovedAndImported(self):
        self.define(self.server, 'locked', ITEMS.encode(), auth={'type': 'bearer', 'key': 'token'})
        keys = self.server.folder / 'keys.json'
        keys.write_text('{}')
        keys.chmod(0o600)
        with_keys = lambda *arguments, input='': self.server.run(*arguments, '--keys-file', keys, input=input)
        listed = with_keys('keys', 'list')
        self.assertEqual(listed.code, 0, listed)
        missing = next(line for line in listed.out.splitlines() if line.startswith('locked'))
        done = with_keys('keys', 'set', 'locked', 'token', input='s3cr3t\n')
        self.assertEqual(done.code, 0, done)
        self.assertEqual(json.loads(keys.read_text()), {'locked': {'token': 's3cr3t'}})
        self.assertEqual(keys.stat().st_mode & 0o777, 0o600)
        listed = with_keys('keys', 'list')
        self.assertNotEqual(next(line for line in listed.out.splitlines() if line.startswith('locked')), missing)
        self.assertEqual(with_keys('fetch', 'locked').code, 0)
        self.assertEqual(self.upstream.requests('/locked')[0].headers['Authorization'], 'Bearer s3cr3t')
        done = with_keys('keys', 'remove', 'locked', 'token')
        self.assertEqual(done.code, 0, done)
        failed = with_keys('fetch', 'locked')
        self.assertEqual(failed.code, 1, failed)
        self.assertIn('token', failed.err)
        original = self.server.folder / 'original.json'
        original.write_text('{\n\t"locked": {\n\t\t"token": "imp0rted"\n\t}\n}\n')
        done = with_keys('keys', 'import', original)
        self.assertEqual(done.code, 0, done)
        self.assertEqual(with_keys('fetch', 'locked').code, 0)
        for done in (listed, done, failed):
            self.assertNotIn('s3cr3t', done.out + done.err)
            self.assertNotIn('imp0rted', done.out + done.err)
        original.write_text('{"locked": "x"}')
        self.assertEqual(with_keys('keys', 'import', original).code, 1)

    def test_valuesAreNeverTakenFromArguments(self):
        done = self.server.run('keys', 'set', 'well', 'token', 's3cr3t')
        self.assertEqual(done.code, 2, done)
        self.assertNotIn('s3cr3t', done.out + done.err)

    def test_keysFileThatIsMissing_isSaid(self):
        done = self.server.run('fetch', 'well', '--keys-file', self.server.folder / 'none.json')
        self.assertIn(done.code, (0, 1, 2), done)  # well needs no key
        self.define(self.server, 'locked', ITEMS.encode(), auth={'type': 'bearer', 'key': 'token'})
        done = self.server.run('fetch', 'locked', '--keys-file', self.server.folder / 'none.json')
        self.assertIn(done.code, (1, 2), done)
        self.assertIn('none.json', done.err)
