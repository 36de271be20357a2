"""Draws curves as SVG: one panel each, side by side, both axes logarithmic."""

import html
import math

from figures import number

WIDTH, HEIGHT, MARGIN_LEFT, MARGIN_RIGHT, TOP, BOTTOM = 460, 340, 64, 32, 56, 56
COLOURS = ("#0b6e99", "#d1602b", "#5b8c2a", "#7a4fa3")
STYLE = "text{font:13px sans-serif;fill:#333}.title{font-weight:bold}.grid{stroke:#e3e3e3}.axis{stroke:#888}.tick{font-size:11px;fill:#555}"


def decades(low, high):
    """Whole powers of ten that enclose a range."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    return first, max(last, first + 1)


class Axis:
    """From values to places, logarithmic."""

    def __init__(self, values, start, end):
        self.first, self.last = decades(min(values), max(values))
        self._start, self._end = start, end

    def at(self, value):
        share = (math.log10(value) - self.first) / (self.last - self.first)
        return self._start + share * (self._end - self._start)

    def ticks(self):
        """Powers of ten; where there are few of them, what lies between as well."""
        steps = (1, 2, 5) if self.last - self.first < 3 else (1,)
        everything = [step * 10.0 ** power for power in range(self.first, self.last + 1) for step in steps]
        return [tick for tick in everything if tick <= 10.0 ** self.last]


def tick_label(tick):
    return f"{tick:,.0f}" if tick >= 1 else number(tick)


def text(x, y, content, kind="", anchor="middle", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}"{extra}>{html.escape(content)}</text>'


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def frame(curve, x_axis, y_axis, left):
    """Title, grid, ticks and labels."""
    right, bottom = left + WIDTH - MARGIN_RIGHT, HEIGHT - BOTTOM
    start = left + MARGIN_LEFT
    yield text(left + 8, 22, curve["title"], "title", "start")
    for tick in x_axis.ticks():
        x = x_axis.at(tick)
        yield line(x, TOP, x, bottom, "grid")
        yield text(x, bottom + 16, tick_label(tick), "tick")
    for tick in y_axis.ticks():
        y = y_axis.at(tick)
        yield line(start, y, right, y, "grid")
        yield text(start - 6, y + 4, tick_label(tick), "tick", "end")
    yield line(start, bottom, right, bottom, "axis")
    yield line(start, TOP, start, bottom, "axis")
    yield text((start + right) / 2, bottom + 40, curve["x_label"])
    middle = (TOP + bottom) / 2
    yield text(left + 14, middle, curve["y_label"], extra=f' transform="rotate(-90 {left + 14:.1f} {middle:.1f})"')


def series(points, x_axis, y_axis, colour):
    """A line through the medians, each with a bar from the smallest to the largest value."""
    places = [(x_axis.at(point["x"]), y_axis.at(point["median"])) for point in points]
    for (x, _), point in zip(places, points):
        yield (f'<line x1="{x:.1f}" y1="{y_axis.at(point["min"]):.1f}" x2="{x:.1f}" y2="{y_axis.at(point["max"]):.1f}" '
               f'stroke="{colour}" stroke-width="5" stroke-opacity="0.25"/>')
    yield f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for (x, y), point in zip(places, points):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'


def panel(curve, left):
    everything = [point for points in curve["series"].values() for point in points]
    x_axis = Axis([point["x"] for point in everything], left + MARGIN_LEFT, left + WIDTH - MARGIN_RIGHT)
    y_values = [point[part] for point in everything for part in ("min", "max")]
    y_axis = Axis(y_values, HEIGHT - BOTTOM, TOP)
    yield from frame(curve, x_axis, y_axis, left)
    for number_of, (label, points) in enumerate(curve["series"].items()):
        colour = COLOURS[number_of % len(COLOURS)]
        yield from series(points, x_axis, y_axis, colour)
        x = left + MARGIN_LEFT + 12 + 130 * number_of
        yield f'<circle cx="{x:.1f}" cy="40" r="4" fill="{colour}"/>'
        yield text(x + 9, 44, label, anchor="start")


def usable(curve):
    """What has no place on a logarithmic axis is left out: a cost that drowned in noise can come out negative."""
    kept = {label: [point for point in points if point["min"] > 0] for label, points in curve["series"].items()}
    return curve | {"series": {label: points for label, points in kept.items() if points}}


def draw(curves):
    """The picture of the curves (as in bench.json) as the text of an SVG."""
    curves = [curve for curve in map(usable, curves) if curve["series"]]
    width = WIDTH * max(1, len(curves))
    body = "\n".join(part for place, curve in enumerate(curves) for part in panel(curve, place * WIDTH))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}">\n'
            f'<style>{STYLE}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n')
