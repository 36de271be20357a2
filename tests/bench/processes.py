"""Starts programs and ends them again: each in a session of its own, so that whatever it starts ends with it."""

import contextlib
import ctypes
import os
import pathlib
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time


class BenchError(Exception):
    """Why there is no figure, for a person."""


def free_port():
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def raise_file_limit():
    """Lets this process, and with it all that it starts, open as many files as the system allows."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def halves(cpus):
    """CPUs for what is measured, and for what measures; the same ones where there is but one."""
    cpus = sorted(cpus)
    middle = max(1, len(cpus) // 2)
    return set(cpus[:middle]), set(cpus[middle:] or cpus)


MEASURED, MEASURING = halves(os.sched_getaffinity(0))
ENDING = (signal.SIGINT, signal.SIGTERM)
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def hold_interruptions():
    """From now on what ends this program (Ctrl-C, SIGTERM) waits until it is interruptible(): anywhere else it could leave a server or a folder behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


@contextlib.contextmanager
def interruptible():
    """While it waits for another program."""
    before = signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def session_pids(leader):
    """The processes that `leader` started, directly or not, and itself."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name, in parentheses, may hold anything.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(folder.name))
    return found


class Child:
    """A running program."""

    def __init__(self, arguments, cpus, environment, log):
        self.name = pathlib.Path(str(arguments[0])).name
        self._log = log

        def prepare():
            # Also where the bench is killed, nothing of it stays.
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            os.sched_setaffinity(0, cpus)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

        self.process = subprocess.Popen([*map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                                        env=environment, start_new_session=True, preexec_fn=prepare)

    @property
    def pids(self):
        return session_pids(self.process.pid)

    def said(self):
        """The end of what it wrote to standard error."""
        self._log.seek(0)
        return self._log.read()[-2000:].decode(errors="replace").strip()

    def next_line(self):
        """What it prints next, when it does."""
        with interruptible():
            line = self.process.stdout.readline()
        if not line:
            raise BenchError(f"{self.name} ended: {self.said()}")
        return line.strip()

    def wait_for_line(self, words):
        """Reads what it prints until a line with these words."""
        while words not in self.next_line():
            pass

    def wait_for_port(self, port, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            with interruptible():
                time.sleep(0.02)
        raise BenchError(f"{self.name} does not listen on port {port}: {self.said()}")

    def stop(self):
        pids = self.pids
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid in set(pids) & set(session_pids(self.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.stdout.close()


@contextlib.contextmanager
def running(*arguments, cpus=None, environment=None):
    """Runs a program meanwhile; gives its Child."""
    with tempfile.TemporaryFile() as log:
        try:
            child = Child(arguments, cpus or MEASURED, environment, log)
        except OSError as error:
            raise BenchError(f"can't run {arguments[0]}: {error.strerror}") from None
        try:
            yield child
        finally:
            child.stop()


def output_of(*arguments, cpus=None, timeout=600):
    """What a program prints on standard output; BenchError with its standard error where it fails."""
    with running(*arguments, cpus=cpus or MEASURING) as child:
        try:
            with interruptible():
                printed = child.process.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            raise BenchError(f"{child.name} did not end in {timeout} s") from None
        if child.process.returncode:
            raise BenchError(f"{child.name} failed: {child.said()}")
        return printed
