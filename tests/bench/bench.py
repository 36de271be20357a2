#!/usr/bin/env python3
"""Measures Restream beside others in one run: what `./dev bench` does.

usage: bench.py BUILD_DIR [--quick]

Fan-out: the same load (wsload) on three servers, one after the other: `restreamd`, whose streams are fed by a small API of ours;
the limit (wslimit: one send() of one shared frame to each client and nothing else); and npm `ws` where node finds it.
JSON: bench_json, which compares our reader with others by itself.
Figures swing with the machine; the ratios hold.
"""

import argparse
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
STREAMS = 20  # each polled once a second: STREAMS messages a second to each client
PAD = 512  # bytes of an item beside its few members


class Api(http.server.BaseHTTPRequestHandler):
    """One item that is another at each poll, and says when it was made."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps([{"id": 1, "t": time.clock_gettime_ns(time.CLOCK_MONOTONIC), "pad": "x" * PAD}]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextlib.contextmanager
def program(*arguments, **options):
    process = subprocess.Popen([*map(str, arguments)], **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port, process):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    sys.exit(f"bench: {process.args[0]} does not listen")


class Bench:
    def __init__(self, build, quick):
        self.build, self.quick = build, quick
        self.clients = [1000] if quick else [1000, 5000]
        self.seconds = 6 if quick else 20

    def load(self, port, path, clients, seconds, server, *more):
        done = subprocess.run([*map(str, (self.build / "bench/wsload", port, path, clients, seconds, server.pid)), *more],
                              capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"bench: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def restream(self):
        """The loads on restreamd, and what its polling alone costs a second."""
        api = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
        threading.Thread(target=api.serve_forever, daemon=True).start()
        with tempfile.TemporaryDirectory() as folder:
            channels = pathlib.Path(folder, "config/channels")
            channels.mkdir(parents=True)
            (channels / "bench.json").write_text(json.dumps({
                "name": "bench", "id_field": "id", "poll_interval": 1, "max_streams": STREAMS,
                "request": {"url": f"http://127.0.0.1:{api.server_port}/items/{{n}}"}, "params": {"n": {"pattern": "[0-9]+"}}}))
            with program(self.build / "bin/restreamd", "--config", f"{folder}/config", "--data", f"{folder}/data",
                         "--port", 0, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
                line = server.stdout.readline()
                if not line.startswith("listening on "):
                    sys.exit("bench: restreamd does not listen")
                port = int(line.rstrip("/\n").rsplit(":", 1)[1])
                texts = [json.dumps({"action": "subscribe", "channel": "bench", "params": {"n": str(n)}})
                         for n in range(STREAMS)]
                # One client, which also spreads the polls of the streams evenly over a second.
                alone = self.load(port, "/v1/stream", 1, max(4, self.seconds / 2), server, "--spacing",
                                  str(1000 // STREAMS), "--settle", "2", *texts)
                loads = [self.load(port, "/v1/stream", n, self.seconds, server, "--settle", "3", *texts) for n in self.clients]
        api.shutdown()
        return loads, alone["cpu_s"] / alone["seconds"]

    def other(self, bytes_a_message, *arguments):
        """The same loads on a server that makes a message of that size STREAMS times a second."""
        port = free_port()
        with program(*arguments, port, 1000 // STREAMS, bytes_a_message, env=node_environment()) as server:
            wait_for(port, server)
            return [self.load(port, "/", n, self.seconds, server) for n in self.clients]


def node_environment():
    """Debian keeps node's modules where a node from elsewhere does not look."""
    folders = ["/usr/share/nodejs", "/usr/lib/nodejs", os.environ.get("NODE_PATH", "")]
    return {**os.environ, "NODE_PATH": ":".join(filter(None, folders))}


def has_ws():
    return bool(shutil.which("node")) and subprocess.run(
        ["node", "-e", "require('ws')"], env=node_environment(), cwd=HERE, stderr=subprocess.DEVNULL).returncode == 0


def cost(load, idle=0.0):
    """Microseconds of the server's CPU for each delivered message, without what it spends a second when nobody listens."""
    return 1e6 * (load["cpu_s"] - idle * load["seconds"]) / max(1, load["frames"])


def print_fanout(results, idle):
    for name, loads in results.items():
        if not all(load["frames"] for load in loads):
            sys.exit(f"bench: nothing arrived from {name}")
    limits = results["limit: one send() a client"]
    print(f"\nFan-out: {STREAMS} messages a second to every client; µs of the server's CPU for each delivered message\n")
    print(f"{'server':<34}{'clients':>8}{'µs':>8}{'of limit':>10}{'kB/client':>11}{'connects/s':>12}"
          f"{'p50 ms':>9}{'p99 ms':>9}{'bytes':>7}{'lost':>6}")
    for name, loads in results.items():
        for load, limit in zip(loads, limits):
            expected = load["clients"] * STREAMS * load["seconds"]
            missing = max(0.0, 100 * (1 - load["frames"] / expected))
            print(f"{name:<34}{load['clients']:>8}{cost(load):>8.2f}{cost(load) / cost(limit):>9.2f}×{load['kb_per_client']:>11.1f}"
                  f"{load['clients'] / load['connect_s']:>12.0f}{load['p50_us'] / 1e3:>9.2f}{load['p99_us'] / 1e3:>9.2f}"
                  f"{load['bytes_per_frame']:>7.0f}{missing:>5.0f}%")
    for load, limit in zip(results["restreamd"], limits):
        print(f"restreamd at {load['clients']} clients without its polling: {cost(load, idle):.2f} µs a message, "
              f"{cost(load, idle) / cost(limit):.2f}× the limit")
    print(f"polling {STREAMS} streams a second, one client: {1e3 * idle:.1f} ms of CPU a second "
          f"({1e3 * idle / STREAMS:.2f} ms a poll, from request to commit)")
    print("\nThe latency of restreamd runs from the making of the API's answer to the client, that of the others from the message's making.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="within a minute")
    arguments = parser.parse_args()
    bench = Bench(arguments.build.resolve(), arguments.quick)

    busy = os.getloadavg()[0]
    if busy > 1:
        print(f"the machine is busy (load {busy:.1f}): take these figures for no more than they are")
    print("measuring restreamd …", flush=True)
    restream, idle = bench.restream()
    size = max(200, int(restream[0]["bytes_per_frame"]) - 32)
    print("measuring the limit …", flush=True)
    results = {"restreamd": restream,
               "limit: one send() a client": bench.other(size, bench.build / "bench/wslimit")}
    if has_ws():
        print("measuring npm ws …", flush=True)
        results["npm ws"] = bench.other(size, "node", HERE / "peer-ws.cjs")
    else:
        print("npm ws is not there: left out")
    print_fanout(results, idle)

    json_bench = bench.build / "bench/bench_json"
    if json_bench.exists():
        print("\nJSON\n", flush=True)
        subprocess.run([str(json_bench)], check=True)


main()
