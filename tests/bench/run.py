"""One run of the bench: what it measures with, how much, and where it says how far it is."""

import json
import sys

import peers
import servers
from processes import MEASURING, BenchError, output_of


class Run:
    def __init__(self, build, scale, without=()):
        self.build, self.scale = build, scale
        self.versions = {name: version for name, version in peers.versions().items() if name not in without}
        self._without = without
        self._group = ""

    def has(self, peer):
        return peer in self.versions

    def why_not(self, peer):
        """Why a peer is not measured."""
        if peer in self._without:
            return f"{peer} was left out with --without"
        return f"{peer} is not installed; `./dev bench --peers` installs it"

    def begin(self, group):
        self._group = group

    def say(self, what):
        """Shows what is measured now."""
        if sys.stderr.isatty():
            print(f"\r\033[K{self._group}: {what} …", end="", file=sys.stderr, flush=True)
        else:
            print(f"{self._group}: {what} …", file=sys.stderr, flush=True)

    def pairs(self):
        """The numbers of the pairs of runs, told as they come."""
        for pair in range(self.scale.pairs):
            self.pair = pair
            yield pair

    def turn(self, what):
        self.say(f"{self.pair + 1} of {self.scale.pairs}: {what}")

    def spacing_ms(self, streams):
        """Between the first subscriptions to so many streams, so that their polls are spread evenly."""
        return 1000 * self.scale.spread / streams

    def load(self, server, clients, texts=(), first=(), seconds=None, settle=None, streams=1, spacing_ms=0, ask=None):
        """Lets so many clients subscribe with `texts` (the first one also with `first`) and counts; gives what wsload printed."""
        options = ["--settle", self.scale.settle if settle is None else settle, "--streams", streams, "--spacing", spacing_ms]
        options += ["--ask", ask] if ask else []
        for text in first:
            options += ["--first", text]
        return self._wsload(server, clients, self.scale.seconds if seconds is None else seconds, *options, *texts)

    def storm(self, server, clients, text, size):
        """All clients connect and subscribe at once, and wait for a message of at least `size` bytes."""
        return self._wsload(server, clients, 0, "--storm", size, text)

    def _wsload(self, server, clients, seconds, *options):
        pids = ",".join(map(str, server.pids))
        printed = output_of(self.build / "bench/wsload", server.port, server.path, clients, seconds, pids, *options, cpus=MEASURING)
        load = json.loads(printed)
        if load["closed"]:
            raise BenchError(f"{load['closed']} of {clients} clients were closed by the server")
        return load

    def alone_and_together(self, channel, clients, streams):
        """The load of one subscriber, whose first subscriptions spread the polls over a second, and then that of `clients`."""
        text = servers.subscribe(channel["name"], snapshot=False)
        with self.restreamd(channel) as server:
            self.turn(f"restreamd, {streams} streams")
            alone = self.load(server, 1, [text], streams=streams, spacing_ms=self.spacing_ms(streams), settle=0.2)
            self.turn(f"restreamd, {streams} streams, {clients} subscribers")
            # A subscription takes some 30 µs: they must not pile up.
            together = self.load(server, clients, [text], streams=streams, spacing_ms=clients * 0.04)
        return alone, together

    def load_of_limit(self, clients, per_second, size):
        """The load of the limit, with so many messages of that size a second."""
        self.turn(f"the limit, {clients} subscribers")
        with servers.limit(self.build, 1000 // per_second, size) as server:
            return self.load(server, clients, settle=0.2)

    def upstream(self):
        return servers.upstream(self.build)

    def restreamd(self, *channels):
        return servers.restreamd(self.build, *channels)


def us_of_first(load):
    """Microseconds of the server's CPU for each message to the first client, where only that one is sent anything."""
    if not load["first"]:
        raise BenchError("nothing arrived")
    return 1e6 * load["cpu_s"] / load["first"]


def us_a_message(load, idle=0.0):
    """Microseconds of the server's CPU for each delivered message, without the `idle` seconds it spends a second when nobody listens."""
    if not load["frames"]:
        raise BenchError("nothing arrived")
    return 1e6 * (load["cpu_s"] - idle * load["seconds"]) / load["frames"]


def idle_of(load):
    """Seconds of CPU a second."""
    return load["cpu_s"] / load["seconds"]


def payload(load):
    """Bytes of a message without its frame's header."""
    size = load["bytes"] / max(1, load["frames"])
    return round(size) - (4 if size < 65536 else 10)
