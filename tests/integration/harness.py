"""Runs the real programs for a test: own folders, a free port, stopped by their pid, what they wrote kept."""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from upstream import Answer, Upstream

BIN = pathlib.Path(os.environ.get('RESTREAM_BIN') or pathlib.Path(__file__).parents[2] / 'build/release/bin')
_reports = re.compile(r'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:|Assertion .* failed|ASSERT')


def scaled(seconds):
    """A deadline, longer where the programs run slowly (a sanitizer)."""
    return seconds * float(os.environ.get('RESTREAM_TIME_SCALE') or 1)


def wait_until(condition, timeout=20, what='the condition'):
    """Gives the first true value of condition(). For what can only be looked at again and again."""
    deadline = time.monotonic() + scaled(timeout)
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError('%s did not come within %s s' % (what, scaled(timeout)))
        time.sleep(0.01)


def clean_environment(home, **extra):
    """Nothing of the user's: no D-Bus, no keyring, no proxy, own HOME."""
    kept = {name: value for name, value in os.environ.items()
            if name in ('PATH', 'LD_LIBRARY_PATH', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS', 'LSAN_OPTIONS', 'TMPDIR')}
    return {**kept, 'HOME': str(home), 'LANG': 'C.UTF-8', 'XDG_RUNTIME_DIR': str(home), 'QT_QPA_PLATFORM': 'offscreen', **extra}


class Finished:
    """What a program that ran to its end left behind."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return 'exit %s\n-- stdout\n%s\n-- stderr\n%s' % (self.code, self.out[-3000:], self.err[-3000:])


class Process:
    """A program that runs beside the test."""

    def __init__(self, arguments, environment, stdin=subprocess.DEVNULL):
        wrapper = ['setpriv', '--pdeathsig', 'KILL'] if shutil.which('setpriv') else []  # none outlives a test that was killed
        self._error = tempfile.TemporaryFile('w+b')
        self.popen = subprocess.Popen([*wrapper, *map(str, arguments)], env=environment, stdin=stdin, stdout=subprocess.PIPE,
                                      stderr=self._error)
        self.lines, self._changed = [], threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.popen.stdout:
            with self._changed:
                self.lines.append(line.decode(errors='surrogateescape').rstrip('\n'))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def wait_line(self, matches, timeout=20):
        """The first line of standard output for which matches(line)."""
        with self._changed:
            self._changed.wait_for(lambda: any(map(matches, self.lines)) or self.popen.poll() is not None, scaled(timeout))
            for line in self.lines:
                if matches(line):
                    return line
        raise AssertionError('no such line; exit code %s, lines %s\n%s' % (self.popen.poll(), self.lines, self.errors()))

    def errors(self):
        """Standard error so far."""
        return os.pread(self._error.fileno(), 1 << 26, 0).decode(errors='replace')

    def wait(self, timeout=20):
        code = self.popen.wait(scaled(timeout))
        self._reader.join(5)
        return code

    def signal(self, number):
        self.popen.send_signal(number)

    def kill(self):
        """kill -9, and until it is gone."""
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()
        self._reader.join(5)
        self.popen.stdout.close()


class Server:
    """`restreamd` over a folder of its own: FOLDER/config, FOLDER/data. Can be started again and again."""

    def __init__(self, folder, *arguments, **environment):
        self.folder = pathlib.Path(folder)
        self.config, self.data = self.folder / 'config', self.folder / 'data'
        (self.config / 'channels').mkdir(parents=True, exist_ok=True)
        self.arguments, self.environment = list(arguments), environment
        self.process, self.port, self.log, self.output = None, None, '', ''

    def define(self, name, **members):
        """Writes a channel; returns its file."""
        file = self.config / 'channels' / (name + '.json')
        hidden = file.with_name('.' + file.name)
        hidden.write_text(json.dumps({'name': name, **members}, indent=1))
        hidden.replace(file)
        return file

    def command(self, *arguments):
        return [BIN / 'restreamd', '--config', self.config, '--data', self.data, *arguments]

    def start(self, port=0):
        self.process = Process(self.command('--port', port, *self.arguments),
                               clean_environment(self.folder, **self.environment))
        line = self.process.wait_line(lambda line: True)
        match = re.fullmatch(r'listening on http://127\.0\.0\.1:(\d+)/', line)
        assert match, 'unexpected first line %r\n%s' % (line, self.process.errors())
        self.port = int(match.group(1))
        return self

    def stop(self, number=signal.SIGTERM):
        """Ends it as a service manager does; gives the exit code."""
        self.process.signal(number)
        code = self.process.wait()
        self._gone()
        return code

    def kill(self):
        self.process.kill()
        self._gone()

    def _gone(self):
        lines, errors = self.process.lines, self.process.errors()
        self.log += errors
        self.output += ''.join(line + '\n' for line in lines)
        self.process.kill()
        self.process = None
        assert len(lines) == 1, 'one line of standard output was expected: %s' % lines
        assert not _reports.search(errors), errors[-10000:]

    def errors(self):
        """All of standard error, of all runs."""
        return self.log + (self.process.errors() if self.process else '')

    def run(self, *arguments, input='', timeout=30, **environment):
        """Another command of restreamd over the same folders (`restreamd check …`), to its end."""
        folders = {'check': [], 'channels': [], 'keys': [], 'tail': None}.get(arguments[0], ['--data', self.data])
        folders = [] if folders is None else ['--config', self.config, *folders]
        return run(*arguments, *folders, input=input, timeout=timeout, home=self.folder, **{**self.environment, **environment})

    @property
    def url(self):
        return 'http://127.0.0.1:%d' % self.port

    def ws(self, path):
        return 'ws://127.0.0.1:%d%s' % (self.port, path)

    def get(self, path, headers=None, method='GET'):
        return fetch(self.url + path, headers, method)

    def channels(self):
        """GET /v1/channels, by name."""
        listed = self.get('/v1/channels').json()
        return {channel['name']: channel for channel in listed}

    def stream(self, name):
        """What /v1/channels says of one stream; None when it is not in memory."""
        channel = self.channels()[name.split('?')[0]]
        return next((stream for stream in channel['streams'] if stream['stream'] == name), None)


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return '%s %s' % (self.status, self.body[:500])


def fetch(url, headers=None, method='GET', timeout=20):
    split = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(split.hostname, split.port, timeout=scaled(timeout))
    try:
        connection.request(method, split.path + ('?' + split.query if split.query else ''), headers=headers or {})
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read())
    finally:
        connection.close()


def run(*arguments, input='', timeout=30, home='/nonexistent', **environment):
    """restreamd with these arguments, to its end."""
    done = subprocess.run([BIN / 'restreamd', *map(str, arguments)], input=input.encode(), capture_output=True,
                          timeout=scaled(timeout), env=clean_environment(home, **environment))
    err = done.stderr.decode(errors='replace')
    assert not _reports.search(err), err
    return Finished(done.returncode, done.stdout.decode(errors='surrogateescape'), err)


def raw(port, data, timeout=20):
    """Sends bytes on a fresh connection and gives all that comes back until the server closes, or nothing more comes."""
    with socket.create_connection(('127.0.0.1', port), scaled(timeout)) as connection:
        connection.sendall(data)
        received = b''
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
        return received


def free_port():
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class TestCase(unittest.TestCase):
    """An upstream and a server for each test, or each class where shared() is used; both end with it."""

    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.stop)

    def folder(self):
        folder = tempfile.TemporaryDirectory(prefix='restream-test-')
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def server(self, *arguments, folder=None, **environment):
        """Not started yet."""
        server = Server(folder or self.folder(), *arguments, **environment)
        self.addCleanup(lambda: server.process and server.kill())
        return server

    def define(self, server, name, answer=None, **members):
        """A channel on the upstream's /NAME, polled each second; gives its route."""
        route = self.upstream.route('/' + name)
        if answer is not None:
            route.set(answer if isinstance(answer, Answer) else Answer(answer))
        request = {'url': '%s/%s' % (self.upstream.url, name), **members.pop('request', {})}
        server.define(name, **{'request': request, 'id_field': 'id', 'poll_interval': 1, **members})
        return route

    def open(self, kind, server, **options):
        client = kind(server, **options)
        self.addCleanup(client.close)
        return client

    def assert_spaced(self, log, interval):
        """These requests were made no faster than one an interval. Load may shift when one arrives, but not their number in a long time."""
        slack = scaled(0.3)
        for first in range(len(log)):
            for last in range(first + 1, len(log)):
                self.assertGreater(log[last].time - log[first].time, (last - first) * interval - slack,
                                   [request.time - log[0].time for request in log])

    def wait_requests(self, path, count, timeout=20, **query):
        """The log of `path` once it has `count` entries."""
        self.assertTrue(self.upstream.wait(lambda: len(self.upstream.requests(path, **query)) >= count, scaled(timeout)),
                        '%s requests of %s: %s' % (count, path, self.upstream.requests(path, **query)))
        return self.upstream.requests(path, **query)
