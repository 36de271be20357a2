"""One client that something is sent to, among many that are subscribed and idle."""

import collections
import json

import servers
from figures import Group, ratio
from run import us_of_first

FEW = 10
ASK = json.dumps({"action": "ping"})


def measure(run):
    scale, values = run.scale, collections.defaultdict(list)
    with run.upstream() as port:
        channels = [servers.channel("quiet", port, poll_interval=3600), servers.channel("bench", port)]
        quiet = [servers.subscribe("quiet", "0")]
        for _ in run.pairs():
            for label, clients in (("many", scale.many), ("few", FEW)):
                run.turn(f"restreamd, one among {clients}")
                # One server each: while the clients of one load leave it, those of the next may find no free descriptor.
                with run.restreamd(*channels) as server:
                    asked = run.load(server, clients, quiet, ask=ASK)
                with run.restreamd(*channels) as server:
                    polled = run.load(server, clients, quiet, first=[servers.subscribe("bench")], streams=scale.streams,
                                      spacing_ms=run.spacing_ms(scale.streams))
                values[f"asked {label}"].append(us_of_first(asked))
                values[f"polled {label}"].append(us_of_first(polled))
    names = f"{scale.many} idle", f"{FEW} idle"
    return Group(f"One message to one client among {scale.many} idle ones, beside {FEW}; CPU of the server", [
        ratio("idle.asked", "a ping and its answer", (names[0], values["asked many"]), (names[1], values["asked few"]), at_most=2),
        ratio("idle.polled", "a poll and its one message", (names[0], values["polled many"]), (names[1], values["polled few"]), at_most=2),
    ])
