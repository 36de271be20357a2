"""What a poll costs, all of it: request, reading, comparing, commit, one subscriber."""

import collections

import servers
from figures import Figure, Group, ratio, skipped
from processes import BenchError

ITEMS, CHANGED, FEW = 200, 2, 50


def ms_a_poll(load):
    """What came of one poll has one stamp: however many messages it is, it is counted once."""
    if not load["messages"]:
        raise BenchError("nothing arrived")
    return 1e3 * load["cpu_s"] / load["messages"]


def percent_made(load, streams):
    """Of the polls that were due, how many were made."""
    return 100 * load["messages"] / load["seconds"] / streams


def measure(run):
    scale, values = run.scale, collections.defaultdict(list)
    texts = [servers.subscribe("bench")]
    few = min(FEW, scale.many_streams)
    with run.upstream() as port:
        channel = servers.channel("bench", port, items=ITEMS, changed=CHANGED)
        for _ in run.pairs():
            for label, streams in (("many", scale.many_streams), ("few", few)):
                run.turn(f"restreamd, {streams} streams")
                with run.restreamd(channel) as server:
                    load = run.load(server, 1, texts, streams=streams, spacing_ms=run.spacing_ms(streams), settle=scale.settle)
                values[label].append(ms_a_poll(load))
                values[f"{label} rate"].append(percent_made(load, streams))
            if run.has("node-red"):
                run.turn(f"Node-RED, {few} flows")
                with servers.node_red(port, few, ITEMS, 180, CHANGED) as server:
                    load = run.load(server, 1, settle=scale.settle + 1.5)
                values["node-red"].append(ms_a_poll(load))
                values["node-red rate"].append(percent_made(load, few))
    made = "of the polls that were due were made (%)"
    name, title = "polling.node-red", f"a poll beside Node-RED fetching, splitting, filtering, sending; {few} streams"
    if run.has("node-red"):
        beside = ratio(name, title, ("restreamd", values["few"]), ("node-red", values["node-red"]), unit="ms", at_most=0.25)
        beside.parts[f"Node-RED: {made}"] = values["node-red rate"]
    else:
        beside = skipped(name, title, "×", run.why_not("node-red"), at_most=0.25)
    return Group(f"Streams polled once a second, 36 kB of {ITEMS} items, 1 % changed", [
        Figure("polling.many", f"CPU of a poll, {scale.many_streams} streams", "ms", values["many"], at_most=0.5, parts={made: values["many rate"]}),
        Figure("polling.few", f"CPU of a poll, {few} streams", "ms", values["few"], parts={made: values["few rate"]}),
        beside,
    ])
