#!/usr/bin/env python3
"""Measures Restream beside others, in the same run: what `./dev bench` does. Figures swing with the machine; the ratios hold.

Prints a table, and writes bench.json and bench.svg beside the build.
"""

import argparse
import datetime
import json
import os
import pathlib
import sys
import time

import chart
import groups
import machine
import peers
import report
from processes import BenchError, hold_interruptions, raise_file_limit
from run import Run
from scale import FULL, QUICK, TINY

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES_NEEDED = 11_000  # 10,000 clients, and some


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="within a minute: one pair of short runs each, which shows sizes and no more")
    parser.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)  # for the test that all this works
    parser.add_argument("--only", action="append", choices=groups.ALL, metavar="GROUP", help=f"one group (again for more): {', '.join(groups.ALL)}")
    parser.add_argument("--peers", action="store_true", help="install the peers first: Debian packages, and from npm into build/peers")
    parser.add_argument("--without", action="append", choices=peers.NAMES, default=[], help="leave a peer out (again for more)")
    parser.add_argument("--output", type=pathlib.Path, help="the folder of bench.json and bench.svg; default build/")
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md and docs/performance.svg")
    return parser.parse_args()


def measure(run, names):
    """Name → group, as in bench.json; one that fails says why, and the others go on."""
    measured = {}
    for name in names:
        run.begin(name)
        started = time.monotonic()
        try:
            measured[name] = groups.ALL[name].measure(run).to_json()
        except BenchError as error:
            measured[name] = {"title": name, "failed": str(error), "figures": [], "curves": [], "notes": []}
        measured[name]["seconds"] = round(time.monotonic() - started, 1)
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        report.print_group(name, measured[name])
        sys.stdout.flush()
    return measured


def write(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    curves = [curve for group in result["groups"].values() for curve in group["curves"]]
    if curves:
        (folder / "bench.svg").write_text(chart.draw(curves))
    print(f"written: {os.path.relpath(folder / 'bench.json')}{', bench.svg' if curves else ''}")


def write_docs(result):
    if set(result["groups"]) != set(groups.ALL) or any("failed" in group for group in result["groups"].values()):
        raise SystemExit("bench: docs/ are only written from a run of all groups in which none failed")
    report.write_docs(result, ROOT / "docs/performance.md")
    curves = [curve for group in result["groups"].values() for curve in group["curves"]]
    (ROOT / "docs/performance.svg").write_text(chart.draw(curves))
    print("written: docs/performance.md, performance.svg")


def main():
    options = arguments()
    scale = TINY if options.tiny else QUICK if options.quick else FULL
    if raise_file_limit() < FILES_NEEDED and scale is FULL:
        raise SystemExit(f"bench: the full run opens {FILES_NEEDED} files at once, and the hard limit is lower: see `ulimit -Hn`")
    if options.peers:
        peers.install()
    about = machine.machine()
    if about["load"] > 1:
        print(f"the machine is busy (load {about['load']:.1f}): take these figures for no more than they are")
    if scale is not FULL:
        print(f"a {scale.name} run: {scale.pairs} short pair(s) for each figure, fewer clients and streams; it shows sizes and no more")
    started = time.monotonic()
    # Whatever ends this ends what it started: on the way out of the `with` blocks.
    hold_interruptions()
    run = Run(options.build.resolve(), scale, options.without)
    measured = measure(run, [name for name in groups.ALL if name in (options.only or groups.ALL)])
    result = {"version": 1, "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "scale": scale.name,
              "pairs": scale.pairs, "seconds": round(time.monotonic() - started), "machine": about,
              "build": machine.build_type(run.build), "versions": machine.versions() | run.versions, "groups": measured}
    report.print_end(result)
    write(result, options.output or ROOT / "build")
    if options.write_docs:
        write_docs(result)
    return 1 if any("failed" in group for group in measured.values()) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nbench: interrupted; all that it started has ended")
