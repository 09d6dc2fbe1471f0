"""Writes what follows from the public names: `docs/api.txt` for people, `src/hornbeam-stubs` for editors, and
`src/hornbeam/later_names.txt`, from which the namespaces know what is imported when it is first used.

    python tools/make_api.py            writes them
    python tools/make_api.py --check    says what is out of date, and fails if anything is

`api.txt` has one line a name, so that a review sees every change of the API. The stubs tell editors and type checkers
what the lazily made namespaces hold: functions and classes are imported from where they are defined, with their types
and docstrings; ops, and functions with TF1's old arguments, are written out.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from api_page import page
from api_stubs import stubs
from hornbeam.load import later_names

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "api.txt"
LATER = ROOT / "src" / "hornbeam" / "later_names.txt"
STUBS = ROOT / "src" / "hornbeam-stubs"


def wanted() -> dict[Path, str]:
    """Each file and what should stand in it."""
    later = "".join(f"{line}\n" for line in later_names())  # first, as it imports what declares names
    return {LATER: later, PAGE: page(), **{STUBS / path: text for path, text in stubs().items()}}


def found() -> dict[Path, str]:
    """Each file and what stands in it."""
    messages = STUBS / "graph" / "messages"  # tools/make_messages.py writes these
    files = [LATER, PAGE, *(path for path in STUBS.rglob("*") if path.is_file() and path.parent != messages)]
    return {path: path.read_text(encoding="utf-8") for path in files if path.is_file()}


def write(old: dict[Path, str], new: dict[Path, str]) -> None:
    """Make the files what they should be; files that no namespace has any more are removed."""
    for path in old.keys() - new.keys():
        path.unlink()
    for path, text in new.items():
        if old.get(path) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def differences(old: dict[Path, str], new: dict[Path, str]) -> list[str]:
    """The lines that are missing (+) or left over (-), with their files."""
    lines = []
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path, "").splitlines(), new.get(path, "").splitlines()
        name = str(path.relative_to(ROOT))
        lines += difflib.unified_diff(before, after, name, name, lineterm="", n=0)
    return lines


def main() -> int:
    """The exit code: 1 where something is out of date and only a check was asked for."""
    old, new = found(), wanted()
    if "--check" not in sys.argv[1:]:
        write(old, new)
        return 0
    lines = differences(old, new)
    if lines:
        print("The public names changed: run `make api`.", *lines[:40], sep="\n")
        if len(lines) > 40:
            print(f"... and {len(lines) - 40} lines more")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
