"""Descriptors run out: nobody new is let in, those who are there notice nothing, and it goes on by itself."""
import os
import pathlib
import resource
import select
import socket

from harness import TestCase, scaled, wait_until
from upstream import Answer
from wsclient import ItemClient, StreamClient

WAITING = 200


class Descriptors(TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.server()
        self.route = self.define(self.server, 'well', [{'id': 1, 'v': 0}])
        self.server.start()
        self.pid = self.server.process.popen.pid

    def used(self):
        return len(os.listdir('/proc/%d/fd' % self.pid))

    def cpu(self):
        """Seconds of CPU time that the server has used."""
        fields = pathlib.Path('/proc/%d/stat' % self.pid).read_text().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def connect(self):
        connection = socket.create_connection(('127.0.0.1', self.server.port), scaled(20))
        self.addCleanup(connection.close)
        connection.sendall(b'GET /channels HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                           b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n' % self.server.port)
        connection.setblocking(False)
        return connection

    def answered(self, connections):
        """Those of them that the server has answered so far."""
        return select.select(connections, [], [], 0)[0]

    def test_softLimit_isRaised(self):
        soft, hard = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        self.assertEqual(soft, hard)

    def test_descriptorsRunOut_othersNoticeNothing(self):
        client, original = self.open(StreamClient, self.server), self.open(ItemClient, self.server)
        client.subscribe('well')
        original.subscribe('well')
        client.wait_seq('well', 1)
        before = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, ((self.used() + 40) * 4 // 3, before[1]))  # a quarter is kept back
        connections = [self.connect() for _ in range(WAITING)]
        wait_until(lambda: 'no more clients are let in' in self.server.errors(), what='the pause')
        cpu, polls = self.cpu(), len(self.upstream.requests('/well'))
        for value in (1, 2, 3):  # polls go on, and reach who is there
            self.route.set(Answer([{'id': 1, 'v': value}]))
            client.wait_seq('well', 1 + value)
            original.wait(lambda m: m.get('__restream_type') == 'updated_item' and m.get('v') == value)
        self.assertGreaterEqual(len(self.upstream.requests('/well')), polls + 2)
        self.assertLess(self.cpu() - cpu, scaled(0.6), 'it spins')  # at least two seconds have passed
        inside = self.answered(connections)
        self.assertTrue(20 < len(inside) < 45, len(inside))
        self.assertEqual(self.server.errors().count('no more clients are let in'), 1)
        for connection in inside[:10]:
            connection.close()
            connections.remove(connection)
        wait_until(lambda: len(self.answered(connections)) >= len(inside), what='ten others')
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, before)
        wait_until(lambda: len(self.answered(connections)) == WAITING - 10, what='all of them')
        self.open(StreamClient, self.server).subscribe('well')
        self.assertEqual(self.server.errors().count('no more clients are let in'), 1)
