"""What a run was made on and with."""

import os
import pathlib
import platform
import re
import subprocess


def cpu_model():
    found = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return found.group(1) if found else platform.processor()


def memory_gb():
    found = re.search(r"^MemTotal:\s*(\d+) kB", pathlib.Path("/proc/meminfo").read_text(), re.M)
    return round(int(found.group(1)) / 1e6, 1) if found else 0


def distribution():
    with_names = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', pathlib.Path("/etc/os-release").read_text(), re.M))
    return with_names.get("PRETTY_NAME", "")


def machine():
    return {"cpu": cpu_model(), "cpus": len(os.sched_getaffinity(0)), "memory_gb": memory_gb(), "kernel": platform.release(),
            "system": distribution(), "architecture": platform.machine(), "load": os.getloadavg()[0]}


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.partition("\n")[0].strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def versions():
    """Of what is measured and measured with, but for the peers."""
    here = str(pathlib.Path(__file__).parent)
    found = {"restream": first_line("git", "-C", here, "describe", "--always", "--dirty"), "g++": first_line("g++", "-dumpfullversion"),
             "node": first_line("node", "--version"), "python": platform.python_version()}
    return {name: version for name, version in found.items() if version}


def build_type(build):
    """CMAKE_BUILD_TYPE and its flags."""
    cache = (build / "CMakeCache.txt").read_text()
    kind = re.search(r"^CMAKE_BUILD_TYPE:\w+=(.*)$", cache, re.M)
    kind = kind.group(1) if kind else ""
    flags = re.search(rf"^CMAKE_CXX_FLAGS_{kind.upper()}:\w+=(.*)$", cache, re.M)
    return f"{kind} {flags.group(1) if flags else ''}".strip()
