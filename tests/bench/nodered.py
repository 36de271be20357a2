"""How Node-RED is set up to be measured: without editor, with a flow for each stream that fetches, splits, filters and sends."""

import json
import pathlib

SOCKET = "/changes"

SETTINGS = """\
module.exports = {{
    uiPort: {port}, uiHost: '127.0.0.1', httpAdminRoot: false, flowFile: 'flows.json', credentialSecret: false,
    diagnostics: {{ enabled: false }}, telemetry: {{ enabled: false, updateNotification: false }}, contextStorage: {{}},
    logging: {{ console: {{ level: 'info', metrics: false, audit: false }} }},
}};
"""


def flow(n, streams, url):
    """Once a second: GET, each item of the list a message, only those that are others than before, to the WebSocket."""
    def node(kind, then, **members):
        return {"id": f"{kind}-{n}".replace(" ", "-"), "type": kind, "z": "tab", "wires": [[then]] if then else []} | members

    return [
        node("inject", f"http-request-{n}", props=[], repeat="1", once=True, onceDelay=f"{0.1 + n / streams:.3f}"),
        node("http request", f"split-{n}", method="GET", ret="obj", url=url, persist=True),
        node("split", f"rbe-{n}", arraySplt=1, arraySpltType="len"),
        node("rbe", "out", func="rbe", property="payload", septopics=True, topi="payload.id"),
    ]


def configure(folder: pathlib.Path, port, upstream_port, streams, query):
    """Writes settings and flows."""
    flows = [{"id": "tab", "type": "tab", "label": "bench"},
             {"id": "listener", "type": "websocket-listener", "path": SOCKET, "wholemsg": "false"},
             {"id": "out", "type": "websocket out", "z": "tab", "server": "listener", "client": "", "wires": []}]
    for n in range(streams):
        flows += flow(n, streams, f"http://127.0.0.1:{upstream_port}/{n}?{query}")
    (folder / "settings.js").write_text(SETTINGS.format(port=port))
    (folder / "flows.json").write_text(json.dumps(flows))
