"""What a connection costs that is subscribed, and to which nothing is sent."""

import collections

import servers
from figures import Figure, Group, ratio, skipped


def growth(run, server, texts):
    return run.load(server, run.scale.many, texts, seconds=0)["kb_per_client"]


def measure(run):
    values = collections.defaultdict(list)
    with run.upstream() as port:
        for _ in run.pairs():
            run.turn(f"restreamd, {run.scale.many} clients")
            with run.restreamd(servers.channel("quiet", port, poll_interval=3600)) as server:
                values["restreamd"].append(growth(run, server, [servers.subscribe("quiet", "0")]))
            if run.has("ws"):
                run.turn("npm ws")
                with servers.npm_ws(0, 0) as server:
                    values["ws"].append(growth(run, server, []))
            if run.has("pushpin"):
                run.turn("Pushpin")
                with servers.pushpin_server(0, 0) as server:
                    values["pushpin"].append(growth(run, server, []))
    figures = [Figure("memory.client", "resident memory", "kB", values["restreamd"], at_most=8)]
    for peer in ("ws", "pushpin"):
        name, title = f"memory.{peer}", f"beside {peer}"
        figures.append(ratio(name, title, ("restreamd", values["restreamd"]), (peer, values[peer]), unit="kB") if run.has(peer)
                       else skipped(name, title, "×", run.why_not(peer)))
    return Group(f"An idle subscribed connection, one of {run.scale.many}", figures)
