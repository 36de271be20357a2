"""WebSocket clients that a test reads in straight lines: python3-websockets on an event loop in a thread of its own."""
import asyncio
import json
import threading
import time

import websockets

from fold import Fold
from harness import scaled


class _Loop:
    """One event loop for all clients of the process."""
    _loop = None

    @classmethod
    def run(cls, coroutine, timeout=30):
        if not cls._loop:
            cls._loop = asyncio.new_event_loop()
            threading.Thread(target=cls._loop.run_forever, daemon=True).start()
        return asyncio.run_coroutine_threadsafe(coroutine, cls._loop).result(scaled(timeout))


class Message(dict):
    """A message as plain Python, and its text."""

    def __init__(self, text):
        super().__init__(json.loads(text))
        self.text = text


class Client:
    """A connection. Everything that comes is kept in `messages`; `wait` looks on from where it last found something."""

    def __init__(self, url, **options):
        self.messages, self._cursor = [], 0
        self._changed = threading.Condition()
        self.close_code = None
        self._socket = _Loop.run(self._open(url, options))

    async def _open(self, url, options):
        options = {'compression': None, 'max_size': None, 'max_queue': None, 'ping_interval': None, 'open_timeout': 20, **options}
        socket = await websockets.connect(url, **options)
        self._reader = asyncio.ensure_future(self._read(socket))
        return socket

    async def _read(self, socket):
        try:
            async for text in socket:
                with self._changed:
                    self.messages.append(Message(text))
                    self._changed.notify_all()
        except websockets.ConnectionClosedError:
            pass
        with self._changed:
            self.close_code = socket.close_code
            self._changed.notify_all()

    def send(self, message):
        """A dict, or text (or bytes, a binary frame) as it is."""
        _Loop.run(self._socket.send(json.dumps(message) if isinstance(message, dict) else message))

    def wait(self, matches, timeout=20):
        """The next message for which matches(message), or which has the members of the dict `matches`; earlier ones are passed over."""
        if isinstance(matches, dict):
            wanted = matches
            matches = lambda message: all(message.get(name) == value for name, value in wanted.items())
        deadline = time.monotonic() + scaled(timeout)
        passed = []
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self._cursor < len(self.messages) or self.close_code is not None,
                                              max(0, deadline - time.monotonic())):
                    break
                if self._cursor >= len(self.messages):
                    break
                message = self.messages[self._cursor]
                self._cursor += 1
            if matches(message):
                return message
            passed.append(message)
        raise AssertionError('no such message came (close code %s); passed over: %s' % (
            self.close_code, '\n  '.join(['', *(message.text[:300] for message in passed[-20:])])))

    def ever(self, matches, timeout=20):
        """The first message of all, earlier or yet to come, for which matches(message)."""
        with self._changed:
            found = lambda: next((message for message in self.messages if matches(message)), None)
            self._changed.wait_for(lambda: found() is not None or self.close_code is not None, scaled(timeout))
            if found() is None:
                raise AssertionError('no such message came (close code %s); there were: %s' % (
                    self.close_code, '\n  '.join(['', *(message.text[:300] for message in self.messages[-20:])])))
            return found()

    def next(self, timeout=20):
        return self.wait(lambda message: True, timeout)

    def seen(self, matches):
        """All messages so far for which matches(message)."""
        with self._changed:
            return [message for message in self.messages if matches(message)]

    def wait_closed(self, timeout=20):
        """The code that the server closed with."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.close_code is not None, scaled(timeout)):
                raise AssertionError('the connection stayed open')
            return self.close_code

    def close(self):
        try:
            _Loop.run(self._socket.close())
        except (OSError, websockets.WebSocketException):
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class ItemClient(Client):
    """/channels."""

    def __init__(self, server, **options):
        super().__init__(server.ws('/channels'), **options)
        first = self.next()
        assert first == {'__restream_type': 'ready'}, first

    def subscribe(self, channel, params=None):
        self.send({'action': 'subscribe', 'channel': channel, **({'params': params} if params is not None else {})})
        return self.wait(lambda m: m.get('__restream_type') in ('subscribe', 'error'))


class StreamClient(Client):
    """/v1/stream; folds what it gets, stream by stream."""

    def __init__(self, server, **options):
        super().__init__(server.ws('/v1/stream'), **options)
        self.folds, self._folded = {}, 0
        first = self.next()
        assert first['type'] == 'ready' and first['protocol'] == 1, first
        self._refs = 0

    def ask(self, timeout=20, **message):
        """Sends with a ref of its own and gives the answer to it."""
        self._refs += 1
        ref = 'r%d' % self._refs
        self.send({**message, 'ref': ref})
        return self.wait({'ref': ref}, timeout)

    def subscribe(self, channel, params=None, fold=None, **options):
        """Gives the acknowledgement; what follows is folded into folds[stream] (`fold`: one that an earlier connection began)."""
        if params is not None:
            options['params'] = params
        answer = self.ask(action='subscribe', channel=channel, **options)
        assert answer['type'] == 'subscribed', answer.text
        self.folds[answer['stream']] = fold or Fold(options.get('updates', 'item'))
        return answer

    def fold(self, stream):
        """The fold of a stream with all that has come so far."""
        while True:
            with self._changed:
                if self._folded >= len(self.messages):
                    return self.folds[stream]
                message = self.messages[self._folded]
                self._folded += 1
            if message.get('type') in ('snapshot', 'changes') and message['stream'] in self.folds:
                self.folds[message['stream']].apply(message.text)

    def wait_seq(self, stream, seq, timeout=20):
        """The fold once it has reached `seq`."""
        deadline = time.monotonic() + scaled(timeout)
        while True:
            fold = self.fold(stream)
            if (fold.seq or 0) >= seq:
                return fold
            with self._changed:
                if not self._changed.wait_for(lambda: self._folded < len(self.messages) or self.close_code is not None,
                                              max(0, deadline - time.monotonic())) or (
                        self.close_code is not None and self._folded >= len(self.messages)):
                    raise AssertionError('%s is at %s, not %s' % (stream, fold.seq, seq))

    def status(self, stream, state, timeout=20):
        """The first status of the stream that says `state`, whenever it came."""
        return self.ever(lambda m: m.get('type') == 'status' and m['stream'] == stream and m['state'] == state, timeout)

    def statuses(self, stream):
        """The states that were told so far."""
        return [m['state'] for m in self.seen(lambda m: m.get('type') == 'status' and m['stream'] == stream)]

    def sync(self):
        """Everything that the server sent before now has come."""
        answer = self.ask(action='ping')
        assert answer['type'] == 'pong', answer.text
