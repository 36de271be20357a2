"""Clients good and bad, against docs/protocol.md §3, §4 and §6."""
import os
import socket
import struct
import time

from harness import TestCase, raw, scaled
from upstream import Answer
from wsclient import Client, StreamClient

GOOD = [{'id': 1, 'v': 1}, {'id': 2, 'v': 2}]


class Clients(TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.server()
        self.route = self.define(self.server, 'well', GOOD)
        self.define(self.server, 'params', GOOD, params={'level': {'enum': ['1', '2', 'true']}, 'free': {'required': False}}, max_streams=3)
        self.define(self.server, 'ordered', GOOD, ordered=True)
        self.server.start()

    def head(self, path='/v1/stream', **headers):
        headers = {'Host': '127.0.0.1:%d' % self.server.port, 'Upgrade': 'websocket', 'Connection': 'Upgrade',
                   'Sec_WebSocket_Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec_WebSocket_Version': '13', **headers}
        lines = ['%s: %s' % (name.replace('_', '-'), value) for name, value in headers.items() if value is not None]
        return ('GET %s HTTP/1.1\r\n%s\r\n\r\n' % (path, '\r\n'.join(lines))).encode()

    def refused(self, head, *statuses):
        """The status line of what answers this head, which must be one of these."""
        answer = raw(self.server.port, head)
        self.assertIn(int(answer.split()[1]) if answer else None, statuses, answer[:300])
        return answer

    # the conversation

    def test_subscription_isAcknowledgedThenSnapshotThenChanges(self):
        client = self.open(StreamClient, self.server)
        ready = client.messages[0]
        self.assertRegex(ready['server'], r'^Restream \d')
        answer = client.subscribe('params', {'level': True})
        self.assertEqual({k: answer[k] for k in ('type', 'stream', 'channel', 'params', 'seq')},
                         {'type': 'subscribed', 'stream': 'params?level=true', 'channel': 'params', 'params': {'level': 'true'}, 'seq': 0})
        self.assertRegex(answer['epoch'], '^[a-z0-9]+$')
        self.assertNotIn('recovered', answer)
        snapshot = client.wait({'type': 'snapshot'})
        self.assertEqual((snapshot['seq'], snapshot['reason'], snapshot['epoch'], snapshot['stream']),
                         (1, 'subscribed', answer['epoch'], answer['stream']))
        self.assertRegex(snapshot['time'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
        self.assertEqual(snapshot['items'], [{'id': '1', 'item': GOOD[0]}, {'id': '2', 'item': GOOD[1]}])
        self.upstream.route('/params').set(Answer([GOOD[1], {'id': 3}]))
        changes = client.wait({'type': 'changes'})
        self.assertEqual({k: changes[k] for k in changes if k not in ('time', 'epoch')},
                         {'type': 'changes', 'stream': answer['stream'], 'seq': 2, 'added': [{'id': '3', 'item': {'id': 3}}], 'removed': ['1']})
        status = client.status(answer['stream'], 'live')
        self.assertEqual(set(status), {'type', 'stream', 'state', 'stale', 'error', 'last_ok', 'next_poll', 'interval'})
        self.assertEqual((status['interval'], status['error']), (1, None))

    def test_order_isSentWhereItMatters(self):
        client = self.open(StreamClient, self.server)
        client.subscribe('ordered')
        client.wait_seq('ordered', 1)
        self.upstream.route('/ordered').set(Answer(GOOD[::-1]))
        self.assertEqual(client.wait({'type': 'changes'})['order'], ['2', '1'])
        self.assertEqual(list(client.fold('ordered').items), ['2', '1'])
        self.upstream.route('/ordered').set(Answer([{'id': 0}, *GOOD[::-1]]))
        self.assertEqual(client.wait({'type': 'changes'})['order'], ['0', '2', '1'])
        self.upstream.route('/ordered').set(Answer([{'id': 0}, GOOD[0], {'id': 5}]))
        self.assertNotIn('order', client.wait({'type': 'changes'}))

    def test_snapshotFalse_givesOnlyChanges(self):
        first = self.open(StreamClient, self.server)
        first.subscribe('well')
        first.wait_seq('well', 1)
        client = self.open(StreamClient, self.server)
        self.assertEqual(client.subscribe('well', snapshot=False)['seq'], 1)
        self.route.set(Answer(GOOD[:1]))
        self.assertEqual(client.wait({'type': 'changes'})['seq'], 2)
        self.assertEqual(client.seen(lambda m: m['type'] == 'snapshot'), [])

    def test_secondSubscribe_replacesTheFirst(self):
        client = self.open(StreamClient, self.server)
        client.subscribe('well')
        client.wait_seq('well', 1)
        client.subscribe('well', updates='patch')
        client.wait({'type': 'snapshot'})
        self.route.set(Answer([{'id': 1, 'v': 5, 'long': 'x' * 100}, GOOD[1]]))
        client.wait_seq('well', 2)
        self.route.set(Answer([{'id': 1, 'v': 6, 'long': 'x' * 100}, GOOD[1]]))
        client.wait_seq('well', 3)
        client.sync()
        self.assertEqual([m['updated'][0].get('patch') for m in client.seen(lambda m: m['type'] == 'changes' and m['seq'] == 3)],
                         [[{'op': 'replace', 'path': '/v', 'value': 6}]])
        self.assertEqual(self.server.stream('well')['subscribers'], 1)

    def test_unsubscribe_endsTheData(self):
        client = self.open(StreamClient, self.server)
        client.subscribe('well')
        client.wait_seq('well', 1)
        answer = client.ask(action='unsubscribe', channel='well')
        self.assertEqual((answer['type'], answer['stream']), ('unsubscribed', 'well'))
        other = self.open(StreamClient, self.server)
        other.subscribe('well')
        self.route.set(Answer([]))
        other.wait_seq('well', 2)
        client.sync()
        self.assertEqual(client.seen(lambda m: m['type'] == 'changes'), [])
        answer = client.ask(action='unsubscribe', channel='params', params={'level': '1'})
        self.assertEqual(answer['stream'], 'params?level=1')  # also when it was not subscribed
        self.assertEqual(client.ask(action='unsubscribe_all')['stream'], None)
        for channel, params in (('well', {}), ('params', {'level': 2})):
            client.subscribe(channel, params)
        client.send({'action': 'unsubscribe_all', 'ref': 7})
        self.assertEqual({client.wait({'type': 'unsubscribed', 'ref': 7})['stream'] for _ in range(2)}, {'well', 'params?level=2'})

    def test_list_givesWhatHttpGives(self):
        client = self.open(StreamClient, self.server)
        answer = client.ask(action='list')
        self.assertEqual(answer['type'], 'channels')
        self.assertEqual([channel['name'] for channel in answer['channels']], [channel['name'] for channel in self.server.get('/v1/channels').json()])

    def test_refs_areEchoedAsTheyAre(self):
        client = self.open(StreamClient, self.server)
        for ref in ('"x"', '7', '12345678901234567890', '1.10', '"\\ud83d\\ude00"', '""'):
            client.send('{"action":"ping","ref":%s}' % ref)
            self.assertEqual(client.next().text, '{"type":"pong","ref":%s}' % ref)
        client.send('{"action":"ping"}')
        self.assertEqual(client.next().text, '{"type":"pong"}')

    # resuming

    def test_resume_givesExactlyWhatWasMissed(self):
        client = self.open(StreamClient, self.server)
        client.subscribe('well')
        for n in range(4):
            self.route.set(Answer([{'id': 1, 'v': n + 10}, {'id': n + 100}]))
            client.wait(lambda m: m['type'] in ('snapshot', 'changes') and '"v":%d' % (n + 10) in m.text)
        fold = client.fold('well')
        for seq in range(1, fold.seq + 1):
            late = self.open(StreamClient, self.server)
            answer = late.subscribe('well', since={'epoch': fold.epoch, 'seq': seq})
            self.assertEqual((answer['recovered'], answer['seq']), (True, fold.seq))
            late.folds['well'].resumed_from(fold.epoch, seq)
            late.sync()
            missed = late.seen(lambda m: m['type'] in ('changes', 'snapshot'))
            self.assertEqual([m.get('seq') for m in missed], list(range(seq + 1, fold.seq + 1)))
            self.assertEqual([m.text for m in missed], [m.text for m in client.seen(lambda m: m['type'] == 'changes' and m['seq'] > seq)])

    def test_resumePointThatIsNoGood_isAResync(self):
        client = self.open(StreamClient, self.server)
        client.subscribe('well')
        epoch = client.wait_seq('well', 1).epoch
        for since in ({'epoch': 'other', 'seq': 1}, {'epoch': epoch, 'seq': 99}, {'epoch': epoch, 'seq': 0}):
            for snapshot in (True, False):
                with self.subTest(since=since, snapshot=snapshot):
                    late = self.open(StreamClient, self.server)
                    answer = late.subscribe('well', since=since, snapshot=snapshot)
                    if since['seq'] == 0 and answer['recovered']:
                        continue  # changeset 1 is still held: everything after 0
                    self.assertEqual(answer['recovered'], False)
                    self.assertEqual(late.wait({'type': 'snapshot'})['reason'], 'resync')
        for since in ('x', {'epoch': 1, 'seq': 1}, {'seq': 1}, {'epoch': epoch, 'seq': -1}, {'epoch': epoch, 'seq': 1e300}, []):
            with self.subTest(since=since):
                late = self.open(StreamClient, self.server)
                answer = late.ask(action='subscribe', channel='well', since=since)
                if answer['type'] == 'subscribed':
                    self.assertEqual(answer['recovered'], False)
                    self.assertEqual(late.wait({'type': 'snapshot'})['reason'], 'resync')
                else:
                    self.assertEqual(answer['code'], 'bad_message')

    # what is refused

    def test_badMessages_areErrorsThatNameTheMember(self):
        client = self.open(StreamClient, self.server)
        long = 'x' * 2000
        for message, codes, word in [
                ('{"action":', {'bad_message'}, ''), ('7', {'bad_message'}, ''), ('{}', {'bad_message', 'unknown_action'}, 'action'),
                ('{"action":7}', {'bad_message', 'unknown_action'}, 'action'),
                ('{"action":"subscribe"}', {'bad_message', 'unknown_channel'}, 'channel'), ('{"action":"jump"}', {'unknown_action'}, 'subscribe'),
                ('{"action":"subscribe","channel":"nope"}', {'unknown_channel'}, 'nope'),
                ('{"action":"subscribe","channel":"__proto__"}', {'unknown_channel'}, '__proto__'),
                ('{"action":"subscribe","channel":"params"}', {'missing_param'}, 'level'),
                ('{"action":"subscribe","channel":"params","params":{"level":"3"}}', {'bad_param'}, 'level'),
                ('{"action":"subscribe","channel":"params","params":{"level":null}}', {'bad_param'}, 'level'),
                ('{"action":"subscribe","channel":"params","params":{"level":[1]}}', {'bad_param'}, 'level'),
                ('{"action":"subscribe","channel":"params","params":{"level":"1","__proto__":"x"}}', {'unknown_param'}, '__proto__'),
                ('{"action":"subscribe","channel":"params","params":{"level":"1","constructor":"x"}}', {'unknown_param'}, 'constructor'),
                ('{"action":"subscribe","channel":"params","params":{"level":"1","free":"%s"}}' % long, {'too_large', 'bad_param'}, 'free'),
                ('{"action":"subscribe","channel":"params","params":[]}', {'bad_message', 'bad_param'}, 'params'),
                ('{"action":"subscribe","channel":"well","updates":"diff"}', {'bad_message'}, 'updates'),
                ('{"action":"subscribe","channel":"well","snapshot":"no"}', {'bad_message'}, 'snapshot'),
                ('[' * 20000 + ']' * 20000, {'bad_message', 'too_large'}, '')]:
            with self.subTest(message=message[:100]):
                client.send(message)
                answer = client.next()
                self.assertEqual(answer['type'], 'error')
                self.assertIn(answer['code'], codes)
                self.assertIn(word, answer['message'])
        self.assertEqual(client.ask(action='ping')['type'], 'pong')

    def test_tooManyStreams_isAnError(self):
        client = self.open(StreamClient, self.server)
        for free in 'abc':
            client.subscribe('params', {'level': '1', 'free': free})
        self.assertEqual(client.ask(action='subscribe', channel='params', params={'level': '1', 'free': 'd'})['code'], 'too_many_streams')
        client.subscribe('params', {'level': '1', 'free': 'a'})

    def test_oversizeMessage_is1009(self):
        client = self.open(StreamClient, self.server)
        client.send('x' * 65536)
        self.assertEqual(client.next()['type'], 'error')
        client.send('x' * 65537)
        self.assertEqual(client.wait_closed(), 1009)

    def test_invalidUtf8_is1007(self):
        with self.handshake() as connection:
            connection.sendall(self.frame(b'\xff\xfe'))
            self.assertEqual(self.close_code(connection), 1007)

    def test_unmaskedFrame_is1002(self):
        with self.handshake() as connection:
            connection.sendall(b'\x81\x02{}')
            self.assertEqual(self.close_code(connection), 1002)

    def test_flood_isLimitedAndThenCut(self):
        client = self.open(StreamClient, self.server)
        with self.handshake() as connection:
            connection.settimeout(scaled(30))
            message = self.frame(b'{"action":"ping"}')
            received = b''
            try:
                connection.setblocking(False)
                sent, data = 0, message * 25000
                deadline = time.monotonic() + scaled(30)
                while time.monotonic() < deadline:
                    try:
                        sent += connection.send(data[sent:sent + 65536])
                    except BlockingIOError:
                        pass
                    try:
                        chunk = connection.recv(1 << 20)
                        received += chunk
                        if not chunk:
                            break
                    except BlockingIOError:
                        time.sleep(0.001)
            except OSError:
                pass
        self.assertIn(b'"rate_limited"', received)
        self.assertIn(struct.pack('>H', 4429), received[-200:])
        self.assertEqual(client.ask(action='ping')['type'], 'pong')  # nobody else notices

    def test_originsAndHosts_areChecked(self):
        port = self.server.port
        for path in ('/v1/stream', '/channels'):
            for origin in ('http://evil.example', 'null', 'https://localhost.evil.example', 'http://127.0.0.1.evil.example'):
                with self.subTest(path=path, origin=origin):
                    self.refused(self.head(path, Origin=origin, Connection='Upgrade'), 403)
            for host in ('evil.example', 'evil.example:%d' % port, 'localhost.evil.example', '127.0.0.1.evil.example'):
                with self.subTest(path=path, host=host):
                    self.refused(self.head(path, Host=host), 403)
        for origin in ('http://localhost:3000', 'http://127.0.0.1:8080', 'http://127.0.0.1:%d' % port):
            with self.subTest(origin=origin):
                Client(self.server.ws('/channels'), origin=origin).close()
        Client('ws://localhost:%d/channels' % port).close()
        for refused in ('http://evil.example', 'null', 'evil.example'):
            self.assertIn(refused, self.server.errors())

    def test_allowedOrigin_passes(self):
        server = self.server
        server.stop()
        server.arguments = ['--allow-origin', 'https://page.example', '--allow-origin', 'null']
        server.start()
        for origin in ('https://page.example', 'null'):
            Client(server.ws('/v1/stream'), origin=origin).close()
        self.refused(self.head(Origin='https://other.example'), 403)
        response = server.get('/v1/channels', {'Origin': 'https://page.example'})
        self.assertEqual(response.headers['Access-Control-Allow-Origin'], 'https://page.example')
        self.assertIn('Origin', response.headers['Vary'])

    def test_badHeads_areRefused(self):
        port = self.server.port
        good = b'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n' % port
        self.refused(good, 200)
        host = b'Host: 127.0.0.1:%d\r\n' % port
        for head, statuses in [
                (good.replace(host, host + host), [400]), (good.replace(host, host + b'Host: evil.example\r\n'), [400]),
                (good.replace(host, b''), [400]), (good.replace(b'/healthz', b'http://evil.example/healthz'), [400, 403]),
                (good.replace(b'/healthz', b'http://127.0.0.1:%d/healthz' % port), [400, 403]), (b'nonsense\r\n\r\n', [400]),
                (good.replace(b'Host:', b'Host :'), [400]), (good.replace(host, host + b' folded\r\n'), [400]),
                (good.replace(host, host + b'X: a\0b\r\n'), [400]), (good.replace(host, host + b'X: ' + b'x' * 20000 + b'\r\n'), [431, 400]),
                (good.replace(b'GET', b'BREW'), [405, 501]), (good.replace(b'HTTP/1.1', b'HTTP/9.9'), [400, 505])]:
            with self.subTest(head=head[:80]):
                self.refused(head, *statuses)
        for headers in ({'Sec_WebSocket_Key': None}, {'Sec_WebSocket_Version': '8'}, {'Upgrade': 'h2c'}):
            with self.subTest(headers=headers):
                self.assertNotEqual(raw(self.server.port, self.head('/v1/stream', **{**headers, 'Connection': 'Upgrade, close'})).split()[1], b'101')
        self.refused(self.head('/nowhere', Connection='Upgrade'), 404)

    def test_headThatDribbles_isServed_andOneThatStalls_isClosed(self):
        stalled = socket.create_connection(('127.0.0.1', self.server.port))
        started = time.monotonic()
        stalled.sendall(b'GET / HTTP/1.1\r\nHo')
        with socket.create_connection(('127.0.0.1', self.server.port), scaled(20)) as slow:
            for byte in b'GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n' % self.server.port:
                slow.sendall(bytes([byte]))
            self.assertEqual(slow.recv(100).split()[1], b'200')
        with stalled:
            stalled.settimeout(scaled(20))
            try:
                while stalled.recv(1000):
                    pass
            except ConnectionResetError:
                pass
            took = time.monotonic() - started
        self.assertTrue(9 < took < scaled(13), took)

    def test_slowReader_harmsNobody(self):
        """One that never reads: the others get everything, and once it reads it is told that it lagged."""
        big = self.upstream.route('/big')
        self.define(self.server, 'big')
        items = lambda n: [{'id': i, 'n': n, 'pad': os.urandom(8).hex() * 4000} for i in range(20)]
        big.set(Answer(items(0)))
        well = self.open(StreamClient, self.server)
        deadline = time.monotonic() + scaled(20)
        while well.ask(action='subscribe', channel='big')['type'] != 'subscribed' and time.monotonic() < deadline:
            pass  # the new definition is being read
        well.subscribe('big')
        well.wait_seq('big', 1)
        with self.handshake(buffer=4096) as lazy:
            lazy.sendall(self.frame(b'{"action":"subscribe","channel":"big"}'))
            for n in range(1, 6):
                big.set(Answer(items(n)))
                well.wait_seq('big', n + 1)
            lazy.settimeout(scaled(20))
            received = b''
            while b'"lagged"' not in received:
                chunk = lazy.recv(1 << 20)
                self.assertTrue(chunk, 'closed before it was told')
                received = received[-1000:] + chunk
        self.assertEqual(well.fold('big').seqs, [2, 3, 4, 5, 6])

    # raw WebSocket

    def handshake(self, path='/v1/stream', buffer=None):
        connection = socket.socket()
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.settimeout(scaled(20))
        connection.connect(('127.0.0.1', self.server.port))
        connection.sendall(self.head(path))
        received = b''
        while b'\r\n\r\n' not in received:
            received += connection.recv(1)
        self.assertTrue(received.startswith(b'HTTP/1.1 101 '), received)
        return connection

    @staticmethod
    def frame(payload, opcode=1):
        mask = os.urandom(4)
        length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b'\xfe' + struct.pack('>H', len(payload))
        return bytes([0x80 | opcode]) + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))

    @staticmethod
    def close_code(connection):
        """Reads the server's frames up to its close frame."""
        received = b''
        while chunk := connection.recv(65536):
            received += chunk
        while received:
            length, start = received[1], 2
            if length == 126:
                length, start = struct.unpack('>H', received[2:4])[0], 4
            if received[0] & 0x0f == 8:
                return struct.unpack('>H', received[start:start + 2])[0]
            received = received[start + length:]
        return None
