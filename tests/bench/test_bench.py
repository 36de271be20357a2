"""The bench works at all: a tiny run of every group. Of speed it says nothing.

Needs RESTREAM_BUILD, the build folder.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import chart
import figures
import groups
import report
from processes import session_pids

BENCH = [sys.executable, "-B", HERE / "bench.py", os.environ.get("RESTREAM_BUILD", ""), "--tiny"]
SLOW_PEERS = ["--without", "pushpin", "--without", "node-red"]


class TinyRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.done = subprocess.run([*BENCH, *SLOW_PEERS, "--output", cls.folder], capture_output=True, text=True, timeout=600)
        cls.result = json.loads((cls.folder / "bench.json").read_text()) if (cls.folder / "bench.json").exists() else None

    def test_ends_well(self):
        self.assertEqual(self.done.returncode, 0, self.done.stdout + self.done.stderr)

    def test_everyGroup_isThere(self):
        self.assertEqual(list(self.result["groups"]), list(groups.ALL))
        for name, group in self.result["groups"].items():
            self.assertNotIn("failed", group, name)
            self.assertTrue(group["figures"], name)

    def test_everyFigure_hasValuesOrSaysWhyNot(self):
        for figure in (figure for group in self.result["groups"].values() for figure in group["figures"]):
            with self.subTest(figure["name"]):
                if figure["skipped"]:
                    self.assertEqual(figure["verdict"], "skipped")
                    continue
                self.assertLessEqual(figure["min"], figure["median"])
                self.assertLessEqual(figure["median"], figure["max"])
                self.assertEqual(bool(figure["verdict"]), figure["at_most"] is not None or figure["at_least"] is not None)

    def test_peersThatAreLeftOut_areNamed(self):
        skipped = [figure["skipped"] for group in self.result["groups"].values() for figure in group["figures"] if figure["skipped"]]
        for peer in ("pushpin", "node-red"):
            self.assertIn(f"{peer} was left out with --without", skipped)

    def test_saysWhatItWasMadeOn(self):
        self.assertTrue(self.result["machine"]["kernel"])
        self.assertTrue(self.result["versions"]["Qt"])
        self.assertEqual(self.result["scale"], "tiny")

    def test_table_hasEveryFigure(self):
        for figure in (figure for group in self.result["groups"].values() for figure in group["figures"]):
            self.assertIn(figure["title"], self.done.stdout)

    def test_page_takesFiguresAndKeepsTheRest(self):
        page = self.folder / "page.md"
        page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
        report.write_docs(self.result, page)
        text = page.read_text()
        self.assertTrue(text.startswith(f"before\n{report.BEGIN}\n"))
        self.assertTrue(text.endswith(f"{report.END}\nafter\n"))
        self.assertNotIn("old", text)
        self.assertIn(self.result["groups"]["storm"]["title"], text)


class Interrupted(unittest.TestCase):
    def test_endsWhatItStarted(self):
        for ending in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(ending), tempfile.TemporaryDirectory() as folder:
                with subprocess.Popen([*BENCH, "--only", "polling", *SLOW_PEERS, "--output", folder], text=True,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": folder}) as bench:
                    bench.stderr.readline()  # it measures
                    started = self.children(bench.pid)
                    bench.send_signal(ending)
                    bench.stderr.read()
                self.assertNotEqual(bench.returncode, 0)
                self.assertTrue(started)
                self.assertEqual([pid for pid in started if session_pids(pid)], [])
                self.assertEqual(os.listdir(folder), [])

    @staticmethod
    def children(pid):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = [*map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
            if found:
                return found
        return []


class Verdicts(unittest.TestCase):
    def test_medianDecides(self):
        self.assertEqual(figures.Figure("a", "a", "×", [0.9, 1.0, 5.0], at_most=1.0).verdict, "met")
        self.assertEqual(figures.Figure("a", "a", "×", [0.9, 1.1, 5.0], at_most=1.0).verdict, "missed")
        self.assertEqual(figures.Figure("a", "a", "MB/s", [300, 900, 1200], at_least=900).verdict, "met")
        self.assertEqual(figures.Figure("a", "a", "MB/s", [300, 800, 1200], at_least=900).verdict, "missed")
        self.assertEqual(figures.Figure("a", "a", "×", [1.0]).verdict, "")
        self.assertEqual(figures.skipped("a", "a", "×", "not there", at_most=1).verdict, "skipped")

    def test_ratio_goesPairByPair(self):
        self.assertEqual(figures.ratio("a", "a", ("ours", [1, 6]), ("theirs", [2, 3])).values, [0.5, 2.0])

    def test_ratioOfACostBelowZero_isNoFigure(self):
        drowned = figures.ratio("a", "a", ("ours", [1, -0.1]), ("theirs", [2, 3]), at_most=1)
        self.assertEqual((drowned.verdict, drowned.values), ("skipped", []))

    def test_number_hasThreeDigits(self):
        self.assertEqual([figures.number(value) for value in (0, 0.01234, 0.5, 1.0, 12.34, 1234.5)],
                         ["0", "0.0123", "0.5", "1", "12.3", "1234"])


class Picture(unittest.TestCase):
    def draw(self, **points):
        series = {label: [{"x": x, "min": y, "median": y, "max": y} for x, y in each] for label, each in points.items()}
        return xml.etree.ElementTree.fromstring(chart.draw([{"title": "a & b", "x_label": "x", "y_label": "y", "series": series}]))

    def test_pointsRiseWithTheirValues(self):
        picture = self.draw(cost=[(10, 1), (100, 10), (1000, 100)])
        line = picture.find("{*}polyline").get("points").split()
        xs, ys = zip(*(map(float, place.split(",")) for place in line))
        self.assertEqual(list(xs), sorted(xs))
        self.assertEqual(list(ys), sorted(ys, reverse=True))
        self.assertAlmostEqual(xs[1] - xs[0], xs[2] - xs[1], delta=0.2)

    def test_whatHasNoPlaceOnALogScale_isLeftOut(self):
        picture = self.draw(cost=[(10, -1), (100, 10), (1000, 100)])
        self.assertEqual(len(picture.find("{*}polyline").get("points").split()), 2)


if __name__ == "__main__":
    unittest.main()
