"""Large messages: a poll that changes 100 of 1,000 items, to many subscribers."""

import collections

import servers
from figures import Group, ratio
from run import idle_of, payload, us_a_message

STREAMS = 5
ITEMS, CHANGED = 1000, 100
NOTES = ["The limit sends as many bytes at the same rate. All of restreamd counts, but for the line that says otherwise."]


def measure(run):
    scale, values = run.scale, collections.defaultdict(list)
    with run.upstream() as port:
        channel = servers.channel("bench", port, items=ITEMS, changed=CHANGED)
        for _ in run.pairs():
            alone, load = run.alone_and_together(channel, scale.clients, STREAMS)
            values["restreamd"].append(us_a_message(load))
            values["without polling"].append(us_a_message(load, idle_of(alone)))
            values["limit"].append(us_a_message(run.load_of_limit(scale.clients, STREAMS, payload(load))))
    limit = ("limit", values["limit"])
    return Group(f"A poll that changes {CHANGED} of {ITEMS} items, {scale.clients} subscribers; CPU of the server for each", [
        ratio("changes.limit", "a poll and its delivery beside the limit sending the same bytes", ("restreamd", values["restreamd"]), limit,
              at_most=1.3),
        ratio("changes.delivery", "its delivery alone beside the limit", ("restreamd", values["without polling"]), limit),
    ], notes=NOTES)
