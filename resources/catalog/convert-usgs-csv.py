#!/usr/bin/env python3
"""Turns recorded polls of a USGS earthquake feed in CSV into bodies shaped like the same feed in GeoJSON.

    convert-usgs-csv.py [--min-magnitude M] [--every N] [--limit N] OUTPUT-FOLDER POLL.csv...

The bodies of demo-quakes were made with --min-magnitude 2 --every 2 --limit 40. They are numbered in the order
of the arguments: 001.json, 002.json, ...
"""

import argparse
import csv
import datetime
import json
import pathlib

URL = "https://earthquake.usgs.gov/earthquakes/eventpage/"


def milliseconds(text):
    time = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    return round(time.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)


def number(text, digits=4):
    """A CSV field as a JSON number without its noise: 18.794666290283 is 18.7947, "15" is 15, "" is null."""
    if not text:
        return None
    value = round(float(text), digits)
    return int(value) if value == int(value) and "." not in text else value


def feature(row):
    magnitude = number(row["mag"], 2)
    return {
        "type": "Feature",
        "properties": {
            "mag": magnitude,
            "place": row["place"],
            "time": milliseconds(row["time"]),
            "updated": milliseconds(row["updated"]),
            "url": URL + row["id"],
            "status": row["status"],
            "net": row["net"],
            "nst": number(row["nst"]),
            "dmin": number(row["dmin"]),
            "rms": number(row["rms"], 2),
            "gap": number(row["gap"], 1),
            "magType": row["magType"],
            "type": row["type"],
            "title": f"M {magnitude:.1f} - {row['place']}",
        },
        "geometry": {
            "type": "Point",
            "coordinates": [number(row["longitude"]), number(row["latitude"]), number(row["depth"], 2)],
        },
        "id": row["id"],
    }


def body(path, min_magnitude):
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["mag"] and float(row["mag"]) >= min_magnitude]
    features = [feature(row) for row in rows]
    return {
        "type": "FeatureCollection",
        "metadata": {
            "generated": max((f["properties"]["updated"] for f in features), default=0),
            "title": f"USGS Magnitude {min_magnitude:g}+ Earthquakes, Past Day",
            "status": 200,
            "count": len(features),
        },
        "features": features,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--min-magnitude", type=float, default=0)
    parser.add_argument("--every", type=int, default=1, help="take every Nth poll")
    parser.add_argument("--limit", type=int, help="at most this many bodies")
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("polls", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()

    arguments.output.mkdir(parents=True, exist_ok=True)
    for index, poll in enumerate(arguments.polls[:: arguments.every][: arguments.limit], start=1):
        text = json.dumps(body(poll, arguments.min_magnitude), ensure_ascii=False, separators=(",", ":"))
        (arguments.output / f"{index:03}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
