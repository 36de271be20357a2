#!/usr/bin/env python3
"""Checks the sources: what `./dev lint` runs.  lint.py --files lists what clang-format formats.

clang-tidy is run over a source file only when that file, a project header that it includes, or .clang-tidy has changed
since it was last found good (.cache/tidy remembers), because it takes seconds for each.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("app", "core", "ui", "fetchers", "tests")
HEADER_LINES, SOURCE_LINES = 100, 400


def tree(*suffixes):
    """The project's own files with one of these suffixes (none: all), sorted."""
    skip = {"build", ".git", ".cache", "__pycache__", "node_modules"}
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = sorted(set(subfolders) - skip)
        for name in sorted(names):
            if not suffixes or name.endswith(suffixes):
                yield pathlib.Path(folder, name)


def sources():
    return [f for f in tree(".cpp", ".h") if f.relative_to(ROOT).parts[0] in FOLDERS]


def relative(file):
    return str(file.relative_to(ROOT))


def command(*arguments):
    """Runs a tool; returns what it printed, or nothing where it was content."""
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"{arguments[0]} failed"


def check_format():
    text = command("clang-format-14", "--dry-run", "-Werror", *map(str, sources()))
    # Each place in a file is one too many: `./dev format` shows what would be right.
    files = {line.split(":", 1)[0].replace(f"{ROOT}/", "") for line in text.splitlines() if "error:" in line}
    return [f"{file}: not in form" for file in sorted(files)]


def included_headers(file, known):
    """`file` and the project's headers that it includes, directly or not."""
    if file in known:
        return known[file]
    known[file] = {file}
    for name in re.findall(r'^#include "([^"]+)"', file.read_text(), re.M):
        for header in (ROOT / name, file.parent / name):
            if header.is_file():
                known[file] |= included_headers(header, known)
                break
    return known[file]


def tidy_key(file, known):
    key = hashlib.sha256()
    for config in (ROOT / ".clang-tidy", ROOT / file.relative_to(ROOT).parts[0] / ".clang-tidy"):
        key.update(config.read_bytes() if config.exists() else b"")
    for part in sorted(included_headers(file, known)):
        key.update(relative(part).encode() + b"\0" + part.read_bytes() + b"\0")
    return key.hexdigest()


def tidy(file, mocs):
    text = command("clang-tidy-14", "--quiet", "-p", "build/lint", f"--extra-arg=-I{mocs}", str(file))
    findings = {line.replace(f"{ROOT}/", "") for line in text.splitlines() if re.search(r": (error|warning): ", line)}
    return sorted(findings) or ([f"{relative(file)}: {text}"] if text else [])


def check_tidy():
    built = {entry["file"] for entry in json.loads((ROOT / "build/lint/compile_commands.json").read_text())}
    files = [f for f in sources() if str(f) in built]
    cache, mocs, known = ROOT / ".cache/tidy", ROOT / "build/lint/mocs", {}
    cache.mkdir(parents=True, exist_ok=True)
    mocs.mkdir(exist_ok=True)
    for file in files:
        # What moc generates adds nothing to check, so that nothing has to be built first.
        (mocs / f"{file.stem}.moc").touch()
    keys = {file: tidy_key(file, known) for file in files}
    todo = [file for file in files if not (cache / keys[file]).exists()]
    print(f"lint: clang-tidy: {len(todo)} of {len(files)} files changed", flush=True)
    problems = set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, found in zip(todo, pool.map(lambda f: tidy(f, mocs), todo)):
            if not found:
                (cache / keys[file]).touch()
            new = sorted(set(found) - problems)  # a header's are found by each file that includes it
            problems.update(new)
            if new:
                print("\n".join(new), flush=True)
    return [f"lint: clang-tidy: {len(problems)} findings"] if problems else []


def scripts(interpreter, suffix):
    """Scripts by suffix, or by the interpreter that their first line names."""
    for file in tree():
        if file.suffix == suffix:
            yield file
        elif not file.suffix:
            with file.open("rb") as text:
                first = text.readline(100)
            if first.startswith(b"#!") and interpreter in first:
                yield file


def check_shell():
    if not shutil.which("shellcheck"):
        return []
    return command("shellcheck", "--severity=warning", *map(str, scripts(b"bash", ".sh"))).splitlines()


def check_python():
    problems = []
    for file in scripts(b"python", ".py"):
        try:
            compile(file.read_bytes(), relative(file), "exec")
        except SyntaxError as error:
            problems.append(f"{relative(file)}:{error.lineno}: {error.msg}")
    return problems


def check_paths():
    """Nothing in the tree may know where it was checked out."""
    top = ROOT.parts[1]
    places = {str(ROOT)} | ({f"/{top}/"} if top not in ("usr", "etc", "var", "tmp", "opt", "srv") else set())
    pattern = re.compile("|".join(map(re.escape, sorted(places))) + r"|(?<!\w)/(?:home|root|Users)/\w+/")
    problems = []
    for file in tree(".cpp", ".h", ".txt", ".cmake", ".json", ".md", ".py", ".cjs", ".supp", "dev", "run"):
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            if pattern.search(line):
                problems.append(f"{relative(file)}:{number}: an absolute path of one machine: {line.strip()[:80]}")
    return problems


def warn_lengths():
    for file in sources():
        limit = HEADER_LINES if file.suffix == ".h" else SOURCE_LINES
        lines = file.read_text().count("\n")
        if lines > limit:
            print(f"lint: warning: {relative(file)} has {lines} lines; over {limit} it wants to be split by theme")


def main():
    if "--files" in sys.argv:
        print("\n".join(map(relative, sources())))
        return 0
    failed = False
    for name, check in (("clang-format", check_format), ("shellcheck", check_shell), ("python", check_python),
                        ("paths", check_paths), ("clang-tidy", check_tidy)):
        problems = check()
        print("\n".join(problems) if problems else f"lint: {name}: ok", flush=True)
        failed = failed or bool(problems)
    warn_lengths()
    print("lint: failed; `./dev format` mends the form" if failed else "lint: all good")
    return 1 if failed else 0


sys.exit(main())
