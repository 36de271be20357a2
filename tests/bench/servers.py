"""The servers that are measured, each started in a folder of its own and gone afterwards."""

import contextlib
import dataclasses
import json
import pathlib
import sys
import tempfile

import nodered
import peers
import pushpin
from processes import MEASURED, MEASURING, free_port, running

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Server:
    port: int
    path: str  # of its WebSocket
    pids: list  # of all its processes


@contextlib.contextmanager
def upstream(build):
    """The API that is polled; gives its port."""
    with running(build / "bench/upstream", 0, cpus=MEASURING) as child:
        yield int(child.next_line().rsplit(" ", 1)[1])


def channel(name, port, items=1, size=180, changed=1, **members):
    """A channel whose streams, one for each `n`, hold so many items of so many bytes, of which each poll finds `changed` others."""
    request = {"url": f"http://127.0.0.1:{port}/{name}/{{n}}",
               "query": {"items": str(items), "size": str(size), "changed": str(changed)}}
    return {"name": name, "id_field": "id", "poll_interval": 1, "max_streams": 1000, "max_items": max(10_000, items), "request": request,
            "params": {"n": {"default": "0", "pattern": "[0-9]+"}}} | members


def subscribe(name, n="%n", snapshot=True):
    """The command that subscribes to a stream of a channel; %n is what wsload counts up."""
    return json.dumps({"action": "subscribe", "channel": name, "params": {"n": n}, "snapshot": snapshot})


@contextlib.contextmanager
def restreamd(build, *channels):
    with tempfile.TemporaryDirectory(prefix="restream-bench-") as folder:
        definitions = pathlib.Path(folder, "config/channels")
        definitions.mkdir(parents=True)
        for definition in channels:
            (definitions / f"{definition['name']}.json").write_text(json.dumps(definition))
        with running(build / "bin/restreamd", "--config", f"{folder}/config", "--data", f"{folder}/data", "--port", 0) as child:
            port = int(child.next_line().rstrip("/").rsplit(":", 1)[1])
            yield Server(port, "/v1/stream", child.pids)


@contextlib.contextmanager
def limit(build, ms, size):
    """One send() of one shared frame of `size` bytes to each client, every `ms` milliseconds, and nothing else."""
    port = free_port()
    with running(build / "bench/wslimit", port, ms, size) as child:
        child.wait_for_port(port)
        yield Server(port, "/", child.pids)


@contextlib.contextmanager
def npm_ws(ms, size, snapshot=0):
    port = free_port()
    with running("node", HERE / "peer-ws.cjs", port, ms, size, snapshot, environment=peers.node_environment()) as child:
        child.wait_for_port(port)
        yield Server(port, "/", child.pids)


@contextlib.contextmanager
def pushpin_server(ms, size):
    """Pushpin, published to every `ms` milliseconds (0: never)."""
    with tempfile.TemporaryDirectory(prefix="restream-bench-") as folder, contextlib.ExitStack() as stack:
        port, control = pushpin.configure(pathlib.Path(folder))
        child = stack.enter_context(running("pushpin", f"--config={folder}/pushpin.conf"))
        child.wait_for_port(port)
        child.wait_for_port(control)
        if ms:
            stack.enter_context(running(sys.executable, HERE / "peer-pushpin.py", control, ms, size, cpus=MEASURING))
        yield Server(port, pushpin.SOCKET, child.pids)


@contextlib.contextmanager
def node_red(upstream_port, streams, items, size, changed):
    """Node-RED polling so many streams once a second, and sending each changed item to its WebSocket."""
    with tempfile.TemporaryDirectory(prefix="restream-bench-") as folder:
        port = free_port()
        nodered.configure(pathlib.Path(folder), port, upstream_port, streams, f"items={items}&size={size}&changed={changed}")
        with running("node", peers.node_red(), "--userDir", folder, "--settings", f"{folder}/settings.js", f"{folder}/flows.json",
                     environment=peers.node_environment(), cpus=MEASURED) as child:
            child.wait_for_line("Started flows")
            yield Server(port, nodered.SOCKET, child.pids)
