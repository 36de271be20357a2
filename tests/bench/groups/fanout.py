"""Small messages to many subscribers: what each costs, and how late the last subscriber has it."""

import collections

import servers
from figures import Figure, Group, ratio, skipped
from run import idle_of, payload, us_a_message

ITEM = 370  # bytes; the message around it has 512
SLOWER = 10  # times as slowly is Pushpin published to: at the rate of the others most of its messages would not arrive
NOTES = [
    "Each stream is polled once a second, so that `streams` messages a second go to every subscriber. Polling alone was measured with one "
    "subscriber, in the same pair, and taken out where it says so.",
    "The latency runs from the making of the answer (restreamd: in the API that is polled, just before it is sent; the limit: just before "
    "the first send) to the subscriber that got it last.",
    f"Pushpin is given {SLOWER} times fewer messages a second, because at the rate of the others most of them would not arrive.",
    "The spacing of the polls is the 10th percentile of the time between two polls divided by its mean: 1 is an even spread, 0 is polls in step, "
    "whose messages wait for one another.",
]


def add_latency(values, who, load):
    """Until the last subscriber had it, of the messages that reached all."""
    for part in ("p50", "p99"):
        if load["last"]["count"]:
            values[f"{who} {part}"].append(load["last"][f"{part}_us"] / 1e3)


def restream(run, port, values):
    scale = run.scale
    alone, load = run.alone_and_together(servers.channel("bench", port, size=ITEM), scale.clients, scale.streams)
    values["with polling"].append(us_a_message(load))
    values["restreamd"].append(us_a_message(load, idle_of(alone)))
    values["poll"].append(1e3 * idle_of(alone) / scale.streams)
    add_latency(values, "restreamd", load)
    values["spacing"].append(load["gap_p10_ms"] / max(0.001, load["gap_mean_ms"]))
    return payload(load)


def others(run, size, values):
    scale = run.scale
    load = run.load_of_limit(scale.clients, scale.streams, size)
    values["limit"].append(us_a_message(load))
    add_latency(values, "limit", load)
    ms = 1000 // scale.streams
    if run.has("ws"):
        run.turn("npm ws")
        with servers.npm_ws(ms, size) as server:
            values["ws"].append(us_a_message(run.load(server, scale.clients, settle=0.5)))
    if run.has("pushpin"):
        run.turn("Pushpin")
        with servers.pushpin_server(ms * SLOWER, size) as server:
            load = run.load(server, scale.clients)
        values["pushpin"].append(us_a_message(load))
        values["pushpin arrived"].append(100 * load["frames"] / (scale.clients * load["seconds"] * scale.streams / SLOWER))


def beside(run, peer, values, at_most):
    name, title = f"fanout.{peer}", f"a delivered message beside {peer}"
    if not run.has(peer):
        return skipped(name, title, "×", run.why_not(peer), at_most=at_most)
    return ratio(name, title, ("restreamd", values["restreamd"]), (peer, values[peer]), at_most=at_most)


def latency(run, part, title, values, **target):
    name, ours, limits = f"fanout.{part}", values[f"restreamd {part}"], values[f"limit {part}"]
    if min(len(ours), len(limits)) < run.scale.pairs:
        return skipped(name, title, "×", "in one of the runs no message reached all subscribers while it was measured", **target)
    return ratio(name, title, ("restreamd", ours), ("limit", limits), unit="ms", **target)


def measure(run):
    values = collections.defaultdict(list)
    with run.upstream() as port:
        for _ in run.pairs():
            others(run, restream(run, port, values), values)
    pushpin = beside(run, "pushpin", values, 0.1)
    if values["pushpin arrived"]:
        pushpin.parts["of Pushpin's messages arrived (%)"] = values["pushpin arrived"]
    scale = run.scale
    return Group(f"Fan-out: {scale.streams} messages of 512 bytes a second to {scale.clients} subscribers; CPU of the server", [
        ratio("fanout.limit", "a delivered message beside the limit", ("restreamd", values["restreamd"]), ("limit", values["limit"]), at_most=1.1),
        beside(run, "ws", values, 0.7),
        pushpin,
        ratio("fanout.with_polling", "the same with polling, beside the limit", ("restreamd", values["with polling"]), ("limit", values["limit"])),
        latency(run, "p99", "p99 from poll to the last subscriber, beside the limit", values, at_most=1.5),
        latency(run, "p50", "p50 of the same", values),
        Figure("fanout.spacing", "spacing of the polls", "", values["spacing"]),
        Figure("fanout.poll", "a poll of one item, from request to commit", "ms", values["poll"]),
    ], notes=NOTES)
