"""What a person reads: the table of a run, in a terminal and in docs/performance.md."""

import re
import textwrap

from figures import number

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def value(figure):
    """A figure in words: "skipped", or median (min–max) unit."""
    if figure["skipped"]:
        return "skipped"
    unit = f" {figure['unit']}" if figure["unit"] else ""
    return f"{number(figure['median'])} ({number(figure['min'])}–{number(figure['max'])}){unit}"


def target(figure):
    for sign, bound in (("≤", figure["at_most"]), ("≥", figure["at_least"])):
        if bound is not None:
            return f"{sign} {number(bound)} {figure['unit']}"
    return ""


def parts(figure):
    """What a figure was made of, by medians."""
    return "; ".join(f"{name} {number(part['median'])}" for name, part in figure.get("parts", {}).items())


def print_group(name, group):
    print(f"\n{group['title']}  [{name}]")
    if "failed" in group:
        print(f"  failed: {group['failed']}")
    for figure in group["figures"]:
        print(f"  {figure['title']:<78} {value(figure):>28}  {target(figure):<13} {figure['verdict']}")
        more = figure["skipped"] or parts(figure)
        if more:
            print(textwrap.fill(more, 130, initial_indent=" " * 6, subsequent_indent=" " * 6))


def print_end(result):
    figures = [figure for group in result["groups"].values() for figure in group.get("figures", [])]
    counts = {verdict: sum(figure["verdict"] == verdict for figure in figures) for verdict in ("met", "missed", "skipped")}
    failed = [name for name, group in result["groups"].items() if "failed" in group]
    print(f"\n{counts['met']} targets met, {counts['missed']} missed, {counts['skipped']} figures skipped"
          + (f", failed: {', '.join(failed)}" if failed else ""))


def markdown(result):
    """The figures of a run as Markdown."""
    machine, versions = result["machine"], result["versions"]
    lines = [
        f"{result['date'][:10]}, {machine['system']}, kernel {machine['kernel'].partition('-')[0]}, {machine['cpus']} CPUs ({machine['cpu']}); "
        + ", ".join(f"{name} {version}" for name, version in versions.items()) + f". A {result['scale']} run, begun at a load of {machine['load']:.1f}: "
        f"each figure is the median of {result['pairs']} pairs of runs, with the smallest and the largest in parentheses.", ""]
    for group in result["groups"].values():
        lines += [f"### {group['title']}", "", "| figure | measured | target | | made of (medians) |", "|---|---|---|---|---|"]
        lines += [f"| {figure['title']} | {value(figure)} | {target(figure)} | {figure['verdict']} | {figure['skipped'] or parts(figure)} |"
                  for figure in group["figures"]]
        notes = [f"- {note}" for note in group["notes"]]
        lines += ["", *notes, ""] if notes else [""]
    return "\n".join(lines).rstrip() + "\n"


def write_docs(result, page):
    """Replaces the figures in a page."""
    text = page.read_text()
    if BEGIN not in text or END not in text:
        raise SystemExit(f"bench: {page.name} has no place for figures between {BEGIN} and {END}")
    inner = f"{BEGIN}\n{markdown(result)}{END}"
    page.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: inner, text, flags=re.S))
