"""How Pushpin is set up to be measured: on ports and in a folder of its own, without a limit on messages."""

import pathlib

from processes import free_port

SOCKET = "/ws"  # of its built-in test handler, which subscribes whoever connects to the channel "test"

CONFIG = """\
[global]
include={{libdir}}/internal.conf
rundir={folder}
ipc_prefix=bench-
port_offset=0

[runner]
services=condure,pushpin-proxy,pushpin-handler
http_port={port}
logdir={folder}
log_level=2
client_maxconn=50000

[proxy]
routesfile={folder}/routes

[handler]
push_in_spec=tcp://127.0.0.1:{push}
push_in_sub_specs=tcp://127.0.0.1:{sub}
push_in_http_addr=127.0.0.1
push_in_http_port={control}
stats_spec=ipc://{folder}/bench-stats
command_spec=tcp://127.0.0.1:{command}
message_rate=0
message_hwm=1000000
"""


def configure(folder: pathlib.Path):
    """Writes its files; gives the port for clients and the one to publish at."""
    ports = {name: free_port() for name in ("port", "push", "sub", "control", "command")}
    (folder / "pushpin.conf").write_text(CONFIG.format(folder=folder, **ports))
    (folder / "routes").write_text("* test\n")
    return ports["port"], ports["control"]
