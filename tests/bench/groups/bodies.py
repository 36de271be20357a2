"""From the body of an answer to what it changed, within one process: bench_json, which takes turns with its peers by itself."""

import json

from figures import Figure, Group, ratio
from processes import MEASURED, output_of


def measure(run):
    scale = run.scale
    run.say(f"{scale.json_pairs} rounds")
    found = json.loads(output_of(run.build / "bench/bench_json", scale.json_pairs, scale.json_ms, cpus=MEASURED))
    run.versions |= found["versions"]
    rounds = found["rounds"]
    values = {name: [each[name] for each in rounds] for name in rounds[0]}
    rates = {name: [found["body_bytes"] / ns * 1e3 for ns in values[name]] for name in values}
    changeset = ("restream", [ns / 1e3 for ns in values["changeset"]])
    qt = ("QJsonDocument, compare by id", [ns / 1e3 for ns in values["qt"]])
    nlohmann = ("nlohmann, compare by id, diff", [ns / 1e3 for ns in values["nlohmann"]])
    size = f"{found['body_bytes'] / 1e3:.0f} kB, {found['items']} items"
    return Group(f"A body of {size}, one thread", [
        Figure("json.unchanged", "unchanged, without a 304", "MB/s", rates["unchanged"], at_least=3000),
        Figure("json.changeset", "1 % changed, to changeset", "MB/s", rates["changeset"], at_least=1000),
        ratio("json.qt", "times as fast as QJsonDocument and a compare by id", qt, changeset, at_least=12),
        ratio("json.nlohmann", "times as fast as nlohmann::json, a compare by id and a diff", nlohmann, changeset, at_least=15),
        Figure("json.patches", "all items changed, with patches", "MB/s", rates["patches"], at_least=300),
        Figure("json.state", "memory of the items held, beside their bytes", "×", [each / found["state_bytes"] for each in found["state_held"]],
               at_most=1.3),
    ])
