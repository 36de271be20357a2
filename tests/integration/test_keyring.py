"""Keys in a real Secret Service: a D-Bus session and a gnome-keyring of the test's own."""
import shutil
import subprocess
import unittest

from harness import Process, TestCase, clean_environment, wait_until
from wsclient import StreamClient

#: A bus that starts nothing by itself: else a first question would start a second, locked keyring.
BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=%s</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>'''
PROGRAMS = ('dbus-daemon', 'dbus-send', 'gnome-keyring-daemon')


@unittest.skipUnless(all(map(shutil.which, PROGRAMS)), 'no D-Bus or gnome-keyring here')
class Keyring(TestCase):
    def setUp(self):
        super().setUp()
        self.home = self.folder()
        runtime = self.home / 'run'
        runtime.mkdir(mode=0o700)
        (self.home / 'bus.conf').write_text(BUS % runtime)
        bus = Process(['dbus-daemon', '--config-file=%s' % (self.home / 'bus.conf'), '--nofork', '--nopidfile', '--print-address=1'],
                      clean_environment(self.home, XDG_RUNTIME_DIR=str(runtime)))
        self.addCleanup(bus.kill)
        self.environment = {'DBUS_SESSION_BUS_ADDRESS': bus.wait_line(lambda line: line.startswith('unix:')),
                            'XDG_RUNTIME_DIR': str(runtime)}

    def start_keyring(self):
        keyring = Process(['gnome-keyring-daemon', '--foreground', '--unlock', '--components=secrets'],
                          clean_environment(self.home, **self.environment), stdin=subprocess.PIPE)
        keyring.popen.stdin.write(b'a password')
        keyring.popen.stdin.close()
        self.addCleanup(keyring.kill)
        wait_until(lambda: b'/org/freedesktop/secrets/collection/' in self.default_collection(), what='the keyring')

    def default_collection(self):
        return subprocess.run(['dbus-send', '--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets',
                               'org.freedesktop.Secret.Service.ReadAlias', 'string:default'],
                              env=clean_environment(self.home, **self.environment), capture_output=True).stdout

    def test_keySetOnTheCommandLine_isUsedByTheServer(self):
        self.start_keyring()
        server = self.server(folder=self.home, **self.environment)
        self.define(server, 'locked', [{'id': 1}], auth={'type': 'bearer', 'key': 'token'})
        done = server.run('keys', 'set', 'locked', 'token', input='s3cr3t-value\n')
        self.assertEqual(done.code, 0, done)
        self.assertNotIn('s3cr3t-value', done.out + done.err)
        client = self.open(StreamClient, server.start())
        client.subscribe('locked')
        client.wait_seq('locked', 1)
        self.assertEqual(self.upstream.requests()[0].headers['Authorization'], 'Bearer s3cr3t-value')
        done = server.run('keys', 'list')
        self.assertEqual(done.code, 0, done)
        self.assertRegex(done.out, r'(?m)^locked\b.*token')
        self.assertNotIn('s3cr3t-value', done.out + done.err)
        self.assertEqual(server.run('keys', 'remove', 'locked', 'token').code, 0)
        self.assertEqual(server.run('fetch', 'locked').code, 1)

    def test_keyThatIsNotThere_isMissing(self):
        self.start_keyring()
        server = self.server(folder=self.home, **self.environment)
        self.define(server, 'locked', [{'id': 1}], auth={'type': 'bearer', 'key': 'token'})
        client = self.open(StreamClient, server.start())
        client.subscribe('locked')
        self.assertEqual(client.status('locked', 'paused')['error']['code'], 'key_missing')

    def test_originalsKeysFile_isImported(self):
        self.start_keyring()
        server = self.server(folder=self.home, **self.environment)
        self.define(server, 'locked', [{'id': 1}], auth={'type': 'bearer', 'key': 'token'})
        file = self.home / 'original.json'
        file.write_text('{"locked":{"token":"from-the-file"},"twitter-status":{"consumer-key":"x1","consumer-secret":"x2"}}')
        done = server.run('keys', 'import', file)
        self.assertEqual(done.code, 0, done)
        self.assertNotIn('from-the-file', done.out + done.err)
        self.assertEqual(server.run('fetch', 'locked').code, 0)
        self.assertEqual(self.upstream.requests()[0].headers['Authorization'], 'Bearer from-the-file')
