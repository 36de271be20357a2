"""What a bench finds: figures with a target, curves, and their form in bench.json."""

import dataclasses
import statistics


def summary(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values), "values": values}


@dataclasses.dataclass
class Figure:
    """One line of the table: a value from each pair of runs."""

    name: str
    title: str
    unit: str
    values: list
    at_most: float | None = None  # the target; None: there is none
    at_least: float | None = None
    parts: dict = dataclasses.field(default_factory=dict)  # what it was made of: name with unit → values
    skipped: str | None = None  # why there are no values

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def verdict(self):
        """met, missed, skipped, or nothing where there is no target."""
        if self.skipped:
            return "skipped"
        if self.at_most is not None:
            return "met" if self.median <= self.at_most else "missed"
        if self.at_least is not None:
            return "met" if self.median >= self.at_least else "missed"
        return ""

    def to_json(self):
        known = {"name": self.name, "title": self.title, "unit": self.unit, "at_most": self.at_most, "at_least": self.at_least,
                 "verdict": self.verdict, "skipped": self.skipped}
        if not self.skipped:
            known |= summary(self.values) | {"parts": {name: summary(values) for name, values in self.parts.items()}}
        return known


DROWNED = "the cost drowned in the noise of the polling that was taken out of it"


def ratio(name, title, ours, theirs, unit="µs", **target):
    """How many times the cost of `theirs` is `ours`, pair by pair. Both are (label, values)."""
    if min(ours[1] + theirs[1]) <= 0:
        return skipped(name, title, "×", DROWNED, **target)
    values = [a / b for a, b in zip(ours[1], theirs[1], strict=True)]
    return Figure(name, title, "×", values, parts={f"{ours[0]} ({unit})": ours[1], f"{theirs[0]} ({unit})": theirs[1]}, **target)


def skipped(name, title, unit, reason, **target):
    return Figure(name, title, unit, [], skipped=reason, **target)


@dataclasses.dataclass
class Curve:
    """How a cost grows. `series`: label → {x: values}."""

    name: str
    title: str
    x_label: str
    y_label: str
    series: dict

    def to_json(self):
        return {"name": self.name, "title": self.title, "x_label": self.x_label, "y_label": self.y_label,
                "series": {label: [{"x": x} | summary(values) for x, values in points.items()] for label, points in self.series.items()}}


@dataclasses.dataclass
class Group:
    title: str
    figures: list
    curves: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)  # what a reader has to know of these figures

    def to_json(self):
        return {"title": self.title, "figures": [figure.to_json() for figure in self.figures],
                "curves": [curve.to_json() for curve in self.curves], "notes": self.notes}


def number(value):
    """Three digits, or all where there are more before the point: 0.0123, 1.2, 12.3, 1234."""
    if value == 0:
        return "0"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 4
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
