"""The peers that are measured beside Restream: which are there, in which version, and how the others are installed."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
NPM_FOLDER = HERE.parents[1] / "build/peers"
NPM_PACKAGES = ("ws@8", "node-red@4")
NAMES = ("ws", "pushpin", "node-red")


def node_environment():
    """Debian keeps node's modules where a node from elsewhere does not look."""
    folders = [str(NPM_FOLDER / "node_modules"), "/usr/share/nodejs", "/usr/lib/nodejs", os.environ.get("NODE_PATH", "")]
    return {**os.environ, "NODE_PATH": ":".join(filter(None, folders))}


def node_red():
    """Its main script."""
    return NPM_FOLDER / "node_modules/node-red/red.js"


def output(*command):
    """What a command prints; empty where it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30, env=node_environment()).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def versions():
    """Name → version, of those that are installed."""
    found = {"ws": output("node", "-p", "require('ws/package.json').version"),
             "pushpin": "".join(re.findall(r"[\d.]+", output("pushpin", "--version"))[:1]) if shutil.which("pushpin") else "",
             "node-red": json.loads((node_red().parent / "package.json").read_text())["version"] if node_red().exists() else ""}
    return {name: version for name, version in found.items() if version}


def install():
    """What npm provides, into build/peers. Debian's packages are up to ./dev."""
    if all((NPM_FOLDER / "node_modules" / package.split("@")[0]).exists() for package in NPM_PACKAGES):
        return
    if not shutil.which("npm"):
        print("bench: there is no npm, so that node-red is skipped, and ws where Debian's node-ws is not there", file=sys.stderr)
        return
    NPM_FOLDER.mkdir(parents=True, exist_ok=True)
    # Nothing that a package wants to run is needed here.
    subprocess.run(["npm", "install", "--prefix", str(NPM_FOLDER), "--ignore-scripts", "--no-audit", "--no-fund", *NPM_PACKAGES], check=True)
