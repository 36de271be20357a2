"""Start and end: ports, folders, signals, exit codes."""
import re
import signal
import socket
import sqlite3
import subprocess

from harness import TestCase, clean_environment, free_port, run
from upstream import Answer
from wsclient import ItemClient, StreamClient

GOOD = [{'id': 1, 'v': 1}]


class Lifecycle(TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.server()
        self.route = self.define(self.server, 'well', GOOD)

    def test_signals_endItCleanly(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                self.server.start()
                client, original = self.open(StreamClient, self.server), self.open(ItemClient, self.server)
                client.subscribe('well')
                original.subscribe('well')
                seq = client.wait_seq('well', 1).seq
                self.route.set(Answer([{'id': 1, 'v': number}]))
                fold = client.wait_seq('well', seq + 1)
                self.assertEqual(self.server.stop(number), 0)
                self.assertEqual((client.wait_closed(), original.wait_closed()), (1001, 1001))
                self.server.start()
                again = self.open(StreamClient, self.server)
                answer = again.subscribe('well', since={'epoch': fold.epoch, 'seq': fold.seq}, fold=fold)
                self.assertEqual((answer['recovered'], answer['epoch'], answer['seq']), (True, fold.epoch, fold.seq))
                self.assertEqual(self.server.stop(), 0)

    def test_exactlyOneLineOnStandardOutput(self):
        self.server.start()
        self.open(StreamClient, self.server).subscribe('well')
        self.wait_requests('/well', 2)
        port = self.server.port
        self.server.stop()
        self.assertEqual(self.server.output, 'listening on http://127.0.0.1:%d/\n' % port)

    def test_log_namesItsCategories(self):
        self.server.start()
        self.server.get('/', {'Host': 'evil.example'})
        self.server.stop()
        self.assertRegex(self.server.log, r'restream\.serve')
        for line in self.server.log.splitlines():
            self.assertRegex(line, r'^\d{4}-\d\d-\d\d.*restream\.|^\d\d:\d\d.*restream\.', self.server.log)

    def test_secondInstance_saysWhoHoldsTheFolder(self):
        self.server.start()
        done = run('--config', self.server.config, '--data', self.server.data, '--port', '0', home=self.server.folder)
        self.assertEqual((done.code, done.out), (3, ''), done)
        self.assertIn(str(self.server.process.popen.pid), done.err)
        self.assertIn(str(self.server.data), done.err)
        self.open(StreamClient, self.server).subscribe('well')

    def test_folderOfAKilledInstance_isFree(self):
        self.server.start()
        self.server.kill()
        self.server.start()

    def test_portInUse_isNamed(self):
        with socket.socket() as taken:
            taken.bind(('127.0.0.1', 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = run('--config', self.server.config, '--data', self.server.data, '--port', port, home=self.server.folder)
        self.assertEqual((done.code, done.out), (4, ''), done)
        self.assertIn(str(port), done.err)

    def test_fixedPort_isUsed_andAgainRightAfterAnEnd(self):
        port = free_port()
        for stop in (self.server.stop, self.server.kill, self.server.stop):
            self.server.start(port)
            self.assertEqual(self.server.port, port)
            self.open(StreamClient, self.server)
            stop()

    def test_ipv6Loopback_isServedToo(self):
        self.server.start()
        try:
            with socket.create_connection(('::1', self.server.port), 10) as connection:
                connection.sendall(b'GET /healthz HTTP/1.1\r\nHost: [::1]:%d\r\nConnection: close\r\n\r\n' % self.server.port)
                self.assertRegex(connection.recv(100), b'^HTTP/1.1 200 ')
        except OSError:
            with open('/proc/net/if_inet6') as addresses:
                if re.search(r'^0{31}1 ', addresses.read(), re.MULTILINE):
                    raise
            self.skipTest('no ::1 here')

    def test_onlyLoopback_isListenedOn(self):
        self.server.start()
        with open('/proc/net/tcp') as table:
            bound = [line.split()[1] for line in table if line.split()[1].endswith(':%04X' % self.server.port) and line.split()[3] == '0A']
        self.assertEqual(bound, ['0100007F:%04X' % self.server.port])

    def test_wrongUsage_is2(self):
        for arguments in (['--bind', '0.0.0.0'], ['--bind', '192.0.2.1'], ['--bind', 'nonsense'], ['--port', '70000'], ['--port', 'x'],
                          ['--nonsense'], ['--allow-origin', 'not an origin'], ['nonsense'], ['fetch'], ['tail'], ['check'], ['keys', 'nonsense'],
                          ['keys', 'set', 'a']):
            with self.subTest(arguments=arguments):
                done = self.server.run(*arguments)
                self.assertEqual((done.code, done.out), (2, ''), done)
                self.assertTrue(done.err)

    def test_bindLoopback_isAllowed(self):
        for address in ('127.0.0.1', '127.0.0.2'):
            with self.subTest(address=address):
                environment = clean_environment(self.server.folder)
                process = subprocess.Popen([*map(str, self.server.command('--port', '0', '--bind', address))], env=environment,
                                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                self.addCleanup(process.stdout.close)
                self.addCleanup(process.kill)
                line = process.stdout.readline().decode()
                self.assertRegex(line, r'^listening on http://%s:\d+/$' % re.escape(address))
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(20), 0)

    def test_corruptDatabase_isSetAside(self):
        self.server.start()
        client = self.open(StreamClient, self.server)
        client.subscribe('well')
        epoch = client.wait_seq('well', 1).epoch
        self.server.stop()
        for file in self.server.data.glob('restream.db*'):
            file.write_bytes(b'this is no database' * 1000)
        self.server.start()
        client = self.open(StreamClient, self.server)
        answer = client.subscribe('well', since={'epoch': epoch, 'seq': 1})
        self.assertEqual(answer['recovered'], False)
        self.assertNotEqual(answer['epoch'], epoch)
        client.wait_seq('well', 1)
        self.assertTrue(list(self.server.data.glob('restream.db.corrupt-*')))
        self.assertRegex(self.server.errors(), 'restream.db.corrupt-')

    def test_database_isPrivateAndSound(self):
        self.server.start()
        client = self.open(StreamClient, self.server)
        client.subscribe('well')
        client.wait_seq('well', 1)
        self.server.kill()
        self.assertEqual((self.server.data / 'restream.db').stat().st_mode & 0o077, 0)
        with sqlite3.connect(self.server.data / 'restream.db') as database:
            self.assertEqual(database.execute('PRAGMA integrity_check').fetchall(), [('ok',)])
            self.assertEqual(database.execute('PRAGMA journal_mode').fetchone(), ('wal',))
            self.assertGreater(database.execute('PRAGMA user_version').fetchone()[0], 0)
        database.close()
