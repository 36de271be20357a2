"""How the costs grow: with subscribers, with the bytes of a body, with changes and with what is held."""

import collections
import itertools

import servers
from figures import DROWNED, Curve, Figure, Group, skipped
from run import idle_of, payload, us_a_message

DELIVERIES = 50_000  # a second, at most: about half of what a CPU can send
SIZE = 180
HELD, CHANGED = (1000, 10_000), (10, 100)  # items held; changed of them
STREAMS = 5  # that large messages come from
NOTES = [
    "A cost that is meant to be flat may grow by 1.5 over the whole range, one that is meant to be linear by 1.2 more than what it goes with. Polling "
    "was measured with one subscriber, in the same pair, and taken out of the cost of delivery: with 10 subscribers, what is left drowns in its noise.",
]


def with_subscribers(run, port):
    """Label → subscribers → µs for each delivered message."""
    series = {"restreamd": collections.defaultdict(list), "the limit": collections.defaultdict(list)}
    channel = servers.channel("bench", port, size=370)
    for _ in run.pairs():
        for clients in run.scale.client_curve:
            streams = max(1, min(run.scale.streams, DELIVERIES // clients))
            alone, load = run.alone_and_together(channel, clients, streams)
            # The subscriber of the run that is taken out was delivered to as well.
            series["restreamd"][clients].append(us_a_message(load, idle_of(alone)) * clients / (clients - 1))
            series["the limit"][clients].append(us_a_message(run.load_of_limit(clients, streams, payload(load))))
    return series


def with_bytes(run, port):
    """kB of the body → ms of CPU for each poll."""
    points = collections.defaultdict(list)
    text = servers.subscribe("bench", snapshot=False)
    for _ in run.pairs():
        for items in run.scale.item_curve:
            run.turn(f"restreamd, {items} items")
            streams = max(1, min(20, 20_000 // items))
            channel = servers.channel("bench", port, items=items, size=SIZE, changed=max(1, items // 100))
            with run.restreamd(channel) as server:
                load = run.load(server, 1, [text], streams=streams, spacing_ms=run.spacing_ms(streams))
            points[items * SIZE / 1e3].append(us_a_message(load) / 1e3)
    return points


def with_held(run, port):
    """(items held, changed) → µs for each delivered message, polling taken out."""
    points = collections.defaultdict(list)
    for _ in run.pairs():
        for items, changed in itertools.product(HELD, CHANGED) if run.scale.held else ():
            alone, load = run.alone_and_together(servers.channel("bench", port, items=items, changed=changed), run.scale.clients, STREAMS)
            points[items, changed].append(us_a_message(load, idle_of(alone)))
    return points


def quotient(name, title, points, over, under, at_most, scale=1.0, parts=None):
    """By how much the cost at one place of `points` is that at another."""
    if not (points[over] and points[under]):
        return skipped(name, title, "×", "only measured in a full run", at_most=at_most)
    if min(points[over] + points[under]) <= 0:
        return skipped(name, title, "×", DROWNED, at_most=at_most)
    values = [a / b * scale for a, b in zip(points[over], points[under], strict=True)]
    return Figure(name, title, "×", values, at_most=at_most, parts=parts or {})


def measure(run):
    with run.upstream() as port:
        series, bodies, held = with_subscribers(run, port), with_bytes(run, port), with_held(run, port)
    ours, clients, sizes = series["restreamd"], run.scale.client_curve, sorted(bodies)
    few, many = clients[-3 if len(clients) > 2 else 0], clients[-1]
    return Group("Growth", [
        quotient("growth.subscribers", f"a message to each of {many} subscribers, beside {few}", ours, many, few, 1.5,
                 parts={f"{n} subscribers (µs)": ours[n] for n in clients}),
        quotient("growth.limit", "the same of the limit", series["the limit"], many, few, None,
                 parts={f"{n} subscribers (µs)": series["the limit"][n] for n in clients}),
        quotient("growth.bytes", "a poll of the largest body: growth of its cost beside the growth of the body", bodies, sizes[-1], sizes[-2], 1.2,
                 scale=sizes[-2] / sizes[-1], parts={f"{size:.0f} kB (ms)": bodies[size] for size in sizes}),
        quotient("growth.changes", "delivery of 100 changes beside 10, where 1,000 items are held", held, (1000, 100), (1000, 10), 10),
        quotient("growth.held", "delivery of 100 changes where 10,000 items are held, beside 1,000", held, (10_000, 100), (1000, 100), 1.2,
                 parts={f"{changed} of {items} (µs)": values for (items, changed), values in held.items() if values}),
    ], curves=[
        Curve("subscribers", "A message to each subscriber", "subscribers", "CPU of a delivered message, µs", series),
        Curve("bytes", "A poll, 1 % of the items changed", "kB of the body", "CPU of a poll, ms", {"restreamd": bodies}),
        Curve("held", f"A poll's changes to each of {run.scale.clients} subscribers", "items changed", "CPU of a delivered message, µs",
              {f"{items:,} held": {changed: held[items, changed] for changed in CHANGED} for items in HELD if run.scale.held}),
    ], notes=NOTES)
