"""An API server that a test holds in its hand: what each path answers, one request after another, and a log of who asked.

Real sockets on 127.0.0.1 and a free port. Nothing happens but what the test says:

    upstream = Upstream()
    upstream.route('/quakes').play([Answer(b'[...]'), Answer(status=500)])    one a request, the last one stays
    upstream.wait(lambda: len(upstream.requests('/quakes')) >= 3)

Good answers carry an ETag and are answered with 304 when the client already has them.
"""
import email.utils
import hashlib
import http.server
import json
import socket
import struct
import threading
import time
import urllib.parse


class Answer:
    """What one request gets. `hold` is an Event to wait for first; `raw` writes the answer by itself."""

    def __init__(self, body=b'', status=200, type='application/json', headers=None, etag=True, hold=None, raw=None):
        if not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.body, self.status, self.type, self.headers = body, status, type, headers or {}
        self.etag = '"%s"' % hashlib.sha256(body).hexdigest()[:16] if etag and status == 200 else None
        self.hold, self.raw = hold, raw


class Request:
    """One request as it came in, and the status that it got (None while it is being answered, or a raw answer)."""

    def __init__(self, method, target, headers, body):
        split = urllib.parse.urlsplit(target)
        self.method, self.target, self.path = method, target, split.path
        self.query = dict(urllib.parse.parse_qsl(split.query, keep_blank_values=True))
        self.headers, self.body = headers, body
        self.time, self.wall = time.monotonic(), time.time()
        self.status = None

    def __repr__(self):
        return '%s %s -> %s' % (self.method, self.target, self.status)


class Route:
    """What one path answers."""

    def __init__(self):
        self._lock = threading.Lock()
        self._answers, self._function = [Answer(b'{}', 404)], None
        self.in_flight = self.max_in_flight = 0

    def set(self, answer):
        """Every request from now on."""
        self.play([answer])

    def play(self, answers):
        """One a request; the last one stays."""
        with self._lock:
            self._answers, self._function = list(answers), None

    def call(self, function):
        """function(request) → Answer, for each request."""
        with self._lock:
            self._function = function

    def left(self):
        """Answers that nobody has asked for yet, beside the one that stays."""
        with self._lock:
            return len(self._answers) - 1

    def take(self, request):
        with self._lock:
            if self._function:
                return self._function(request)
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def entered(self, by):
        with self._lock:
            self.in_flight += by
            self.max_in_flight = max(self.max_in_flight, self.in_flight)


class Upstream:
    def __init__(self):
        self._changed = threading.Condition()
        self._log, self._routes, self._connections = [], {}, set()
        self.stopping = threading.Event()
        self._server = _Server(('127.0.0.1', 0), _Handler)
        self._server.upstream = self
        self.port = self._server.server_address[1]
        self.url = 'http://127.0.0.1:%d' % self.port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def route(self, path):
        with self._changed:
            return self._routes.setdefault(path, Route())

    def requests(self, path=None, **query):
        """The log: of one path, of one query."""
        with self._changed:
            return [r for r in self._log if path in (None, r.path)
                    and all(r.query.get(k) == v for k, v in query.items())]

    def wait(self, condition, timeout):
        """Until `condition` holds, looked at whenever a request comes in or was answered."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def stop(self):
        """Refuses connections from now on, and drops those that are open."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        with self._changed:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size, block_on_close = True, 256, False

    def handle_error(self, request, client_address):
        pass  # a client that went away is no news


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = 'HTTP/1.1', True

    def setup(self):
        super().setup()
        self.upstream = self.server.upstream
        with self.upstream._changed:
            self.upstream._connections.add(self.connection)

    def finish(self):
        with self.upstream._changed:
            self.upstream._connections.discard(self.connection)
        super().finish()

    def log_message(self, *args):
        pass

    def do_GET(self):
        body = self.rfile.read(int(self.headers['Content-Length'] or 0))
        request = Request(self.command, self.path, self.headers, body)
        upstream, route = self.upstream, self.upstream.route(request.path)
        route.entered(1)
        with upstream._changed:
            upstream._log.append(request)
            upstream._changed.notify_all()
        try:
            answer = route.take(request)
            while answer.hold and not answer.hold.wait(0.05) and not upstream.stopping.is_set():
                pass
            if answer.raw:
                self.close_connection = True
                answer.raw(self)
            else:
                self._send(answer, request)
        finally:
            route.entered(-1)
            with upstream._changed:
                upstream._changed.notify_all()

    do_HEAD = do_POST = do_GET

    def _send(self, answer, request):
        known = answer.etag and self.headers['If-None-Match'] == answer.etag
        request.status = 304 if known else answer.status
        headers = dict(answer.headers)
        if answer.etag:
            headers['ETag'] = answer.etag
        if request.status not in (204, 304):
            headers.setdefault('Content-Type', answer.type)
            headers['Content-Length'] = str(len(answer.body))
        self.send_response(request.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if request.status not in (204, 304) and self.command != 'HEAD':
            self.wfile.write(answer.body)


# Faults: each gives an Answer.

def truncated(body):
    """Content-Length promises more than there is."""
    def write(handler):
        handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n' % (len(body) + 100))
        handler.wfile.write(body)
    return Answer(raw=write)


def truncated_chunk(body):
    """The connection ends inside a chunk."""
    def write(handler):
        handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n')
        handler.wfile.write(b'%x\r\n%s' % (len(body) + 100, body))
    return Answer(raw=write)


def reset(body):
    """TCP RST in the middle of the body."""
    def write(handler):
        handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n' + body)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        handler.connection.close()
    return Answer(raw=write)


def drip(every=0.1):
    """A byte now and then, without end."""
    def write(handler):
        handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n[')
        try:
            while not handler.upstream.stopping.wait(every):
                handler.wfile.write(b' ')
        except OSError:
            pass
    return Answer(raw=write)


def retry_after(value, status=429):
    return Answer(b'slow down', status, 'text/plain', {'Retry-After': str(value)})


def http_date(seconds_from_now):
    return email.utils.formatdate(time.time() + seconds_from_now, usegmt=True)
