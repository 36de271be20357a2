"""Holds the layers of docs/architecture.md: who may include whom, and who may link what."""

import os
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

# Layer → the layers that its files may include from, besides itself.
MAY_INCLUDE = {
    "core": set(),  # the files directly in core/: clock, result, logging, mailbox, …
    "core/loop": {"core"},
    "core/config": {"core"},
    "core/poll": {"core", "core/config"},
    "core/stream": {"core", "core/config", "core/poll"},
    "core/serve": {"core", "core/config", "core/poll", "core/stream"},
    "core/guess": {"core", "core/config", "core/stream"},
    # The facade, which owns the rest of core, and what it does for a person.
    "core/engine": {"core", "core/loop", "core/config", "core/poll", "core/stream", "core/serve"},
    "fetchers": {"core", "core/config", "core/poll"},
    "ui": {"core", "core/config", "core/poll", "core/stream", "core/serve", "core/engine", "core/guess"},
    "app": {"core", "core/config", "core/poll", "core/stream", "core/serve", "core/engine", "core/guess", "fetchers", "ui"},
}

# Target → what it may never link, directly or through another target of ours.
MAY_NOT_LINK = {
    "restream_core": {"Qt6::Gui", "Qt6::Widgets", "restream_fetchers", "restream_ui", "restream_app"},
    "restream_fetchers": {"Qt6::Gui", "Qt6::Widgets", "restream_ui", "restream_app"},
    "restream_ui": {"restream_fetchers", "restream_app"},
    "restream_app": {"Qt6::Gui", "Qt6::Widgets", "restream_ui"},
    "restreamd": {"Qt6::Gui", "Qt6::Widgets", "restream_ui"},
}

# A header → the only files (by their path's beginning) that may include it.
ONLY_IN = {
    "QNetworkAccessManager": ("core/poll/http", "tests/"),
    "qt6keychain/keychain.h": ("core/config/", "tests/"),
    "QSqlDatabase": ("core/stream/", "tests/"),
    "QWebSocketServer": ("tests/",),
}


def layer(path):
    """The layer of a file, by its path from the project's root; nothing where it is in none."""
    parts = path.split("/")
    if parts[0] == "core" and len(parts) == 2:
        return "core/engine" if parts[1].startswith(("engine", "keyoverview", "trial")) else "core"
    name = "/".join(parts[:2]) if parts[0] == "core" else parts[0]
    return name if name in MAY_INCLUDE else None


def include_problems(path, text):
    here, problems = layer(path), []
    for kind, header in re.findall(r'^#include ([<"])([^>"]+)[>"]', text, re.M):
        there = layer(header) if kind == '"' else None
        if here and there and there != here and there not in MAY_INCLUDE[here]:
            problems.append(f"{path} includes {header}: {here} may not know {there}")
        if header in ONLY_IN and not path.startswith(ONLY_IN[header]):
            problems.append(f"{path} includes {header}, which is the business of {ONLY_IN[header][0]} alone")
    return problems


def linked(target, links):
    """All that `target` links, directly or through our own targets."""
    found, todo = set(), [target]
    while todo:
        for name in links.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def link_problems(links):
    return [f"{target} links {name}"
            for target, forbidden in MAY_NOT_LINK.items()
            for name in sorted(linked(target, links) & forbidden)]


def read_links(text):
    """The lists that CMake wrote, one target a line."""
    links = {}
    for line in text.splitlines():
        target, _, names = line.partition("=")
        links[target] = set(re.findall(r"[\w.-]+(?:::[\w.-]+)?", names)) - {"LINK_ONLY"}
    return links


class Layers(unittest.TestCase):
    def test_everyIncludeGoesDownwards(self):
        problems = []
        for folder in ("core", "fetchers", "ui", "app"):
            for file in sorted((ROOT / folder).rglob("*")):
                if file.suffix in (".h", ".cpp"):
                    problems += include_problems(file.relative_to(ROOT).as_posix(), file.read_text())
        self.assertEqual([], problems)

    @unittest.skipUnless("RESTREAM_LINKS" in os.environ, "CMake's lists are not there: run by ctest")
    def test_noTargetLinksWhatIsAboveIt(self):
        links = read_links(pathlib.Path(os.environ["RESTREAM_LINKS"]).read_text())
        self.assertIn("Qt6::Core", linked("restream_core", links))
        self.assertIn("restream_core", linked("restream_fetchers", links))
        self.assertEqual([], link_problems(links))


class TheCheckItself(unittest.TestCase):
    def test_anUpwardInclude_isFound(self):
        for path, header in (("core/stream/diff.cpp", "core/serve/listener.h"), ("core/config/params.h", "core/poll/quota.h"),
                             ("core/clock.cpp", "core/config/params.h"), ("core/poll/quota.cpp", "core/engine.h"),
                             ("ui/window.cpp", "fetchers/fetchers.h"), ("core/engine.cpp", "fetchers/fetchers.h")):
            self.assertTrue(include_problems(path, f'#include "{header}"\n'), path)

    def test_aDownwardInclude_passes(self):
        for path, header in (("core/serve/listener.h", "core/stream/hub.h"), ("core/engine.cpp", "core/serve/listener.h"),
                             ("fetchers/http.cpp", "core/poll/fetcher.h"), ("app/main.cpp", "ui/window.h")):
            self.assertEqual([], include_problems(path, f'#include "{header}"\n'), path)

    def test_aLibraryInTheWrongPlace_isFound(self):
        self.assertTrue(include_problems("core/serve/listener.cpp", "#include <QNetworkAccessManager>\n"))

    def test_aLinkThroughAnother_isFound(self):
        links = read_links("restream_core=Qt6::Core;restream_extra,\nrestream_extra=Qt6::Gui,$<LINK_ONLY:ZLIB::ZLIB>\n")
        self.assertEqual(["restream_core links Qt6::Gui"], link_problems(links))


if __name__ == "__main__":
    unittest.main()
