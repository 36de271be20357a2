"""Many clients that connect and subscribe at once, and are each sent 100 kB."""

import collections

import servers
from figures import Group, ratio, skipped

ITEMS, SIZE = 500, 180
SNAPSHOT = 100_000  # bytes of that many items and what is around them


def measure(run):
    scale, values = run.scale, collections.defaultdict(list)
    text = servers.subscribe("bench", "0")
    with run.upstream() as port:
        channel = servers.channel("bench", port, items=ITEMS, size=SIZE, poll_interval=3600)
        for _ in run.pairs():
            run.turn(f"restreamd, {scale.clients} clients at once")
            with run.restreamd(channel) as server:
                run.storm(server, 1, text, SNAPSHOT // 2)  # so that it holds the items
                add(values, "restreamd", run.storm(server, scale.clients, text, SNAPSHOT // 2))
            if run.has("ws"):
                run.turn("npm ws")
                with servers.npm_ws(0, 0, SNAPSHOT) as server:
                    run.storm(server, 1, text, SNAPSHOT // 2)
                    add(values, "ws", run.storm(server, scale.clients, text, SNAPSHOT // 2))
    figures = []
    for what, title in (("cpu", "CPU"), ("wall", "time until the last has it")):
        name, title = f"storm.{what}", f"{title}, beside ws"
        figures.append(skipped(name, title, "×", run.why_not("ws"), at_most=1.5) if not run.has("ws") else
                       ratio(name, title, ("restreamd", values[f"restreamd {what}"]), ("ws", values[f"ws {what}"]),
                             unit="ms", at_most=1.5))
    return Group(f"{scale.clients} clients at once: handshake, subscription, snapshot of 100 kB", figures,
                 notes=["ws sends a buffer that it made once, and parses nothing but the subscription."])


def add(values, who, load):
    values[f"{who} cpu"].append(1e3 * load["cpu_s"])
    values[f"{who} wall"].append(1e3 * load["storm_s"])
