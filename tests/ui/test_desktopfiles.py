"""The files by which a desktop knows the program: in form, in step with the program, legible."""

import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "resources" / "desktop"
PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else ""


def run(test, *command):
    """What `command` printed on both channels; skips the test where there is no such tool."""
    if not shutil.which(command[0]):
        test.skipTest(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


class DesktopFiles(unittest.TestCase):
    def test_entry_is_valid(self):
        code, text = run(self, "desktop-file-validate", str(FOLDER / "restream.desktop"))
        self.assertEqual((code, text), (0, ""))

    def test_metainfo_is_valid(self):
        # The project has no domain of its own for an id in reverse.
        code, text = run(self, "appstreamcli", "validate", "--no-net", "--no-color",
                         "--override=cid-desktopapp-is-not-rdns=info", str(FOLDER / "restream.metainfo.xml"))
        self.assertEqual(code, 0, text)

    def test_metainfo_names_the_entry_and_the_program(self):
        root = ElementTree.parse(FOLDER / "restream.metainfo.xml").getroot()
        self.assertTrue((FOLDER / root.findtext("launchable")).is_file())
        self.assertEqual(root.findtext("provides/binary"), pathlib.Path(PROGRAM).name)

    def test_entry_starts_the_program_under_its_icon(self):
        entry = dict(re.findall(r"^(\w+)=(.*)$", (FOLDER / "restream.desktop").read_text(), re.M))
        self.assertEqual(entry["Exec"], pathlib.Path(PROGRAM).name)
        self.assertTrue((FOLDER / f"{entry['Icon']}.svg").is_file())

    def test_manual_is_well_formed(self):
        code, text = run(self, "groff", "-ww", "-man", "-Tutf8", "-z", str(FOLDER / "restream.1"))
        self.assertEqual((code, text), (0, ""))

    def test_manual_names_every_option_and_no_other(self):
        help_text = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
        options = set(re.findall(r"^ +(--[a-z-]+)", help_text.split("Options:")[1], re.M))
        manual = (FOLDER / "restream.1").read_text().replace(r"\-", "-")
        named = set(re.findall(r"^\.BI? (--[a-z-]+)", manual.split(".SH OPTIONS")[1], re.M))
        self.assertGreater(len(options), 5)
        self.assertEqual(named, options)


if __name__ == "__main__":
    unittest.main()
