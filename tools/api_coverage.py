"""Writes `docs/api-coverage.md`: which of TensorFlow's and Keras's public names are there, and why others are not.

    python tools/api_coverage.py            writes it
    python tools/api_coverage.py --check    says whether it is out of date, and fails if it is

TensorFlow's names stand in `tests/api/tensorflow.tsv.xz` (written by `tensorflow_api.py`), the reasons for absences in
`tests/api/absent.toml`, those for other arguments in `tests/oracle/differences.toml`.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import lzma
import re
import sys
import tomllib
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, final

import keras2_coverage
from api_arguments import arguments, split

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests" / "api" / "tensorflow.tsv.xz"
ABSENT = ROOT / "tests" / "api" / "absent.toml"
DIFFERENT = ROOT / "tests" / "oracle" / "differences.toml"
PAGE = ROOT / "docs" / "api-coverage.md"
ROOTS = {"tf": "TensorFlow 2: `import hornbeam as tf`", "v1": "TensorFlow 1: `import hornbeam.v1 as tf`",
         "keras": "Keras 3: `from hornbeam import keras`"}


@final
class Name(NamedTuple):
    """One public name of TensorFlow or Keras. `members`: what a class has, with arguments."""

    root: str
    name: str
    kind: str
    arguments: str
    members: Mapping[str, str]

    @property
    def namespace(self) -> str:
        """`tf.math` of `tf.math.abs`, `tf.compat.v1` of version 1's."""
        root = {"tf": "tf", "v1": "tf.compat.v1", "keras": "keras"}[self.root]
        return ".".join([root, *self.name.split(".")[:-1]])

    @property
    def subject(self) -> str:
        """What patterns for absences are matched with: version 1's names count as version 2's."""
        return f"keras.{self.name}" if self.root == "keras" else self.name


@final
class Finding(NamedTuple):
    """What is here of a name: `state` is "equal", "differs" or "absent"; `how` it differs; `why`, None unexplained."""

    name: Name
    state: str
    how: str = ""
    why: str | None = None


# TensorFlow's side -----------------------------------------------------------------------------------


def table() -> list[Name]:
    """Every public name of TensorFlow and Keras."""
    held: dict[tuple[str, str], Name] = {}
    for line in lzma.decompress(TABLE.read_bytes()).decode().splitlines():
        root, name, kind, given = line.split("\t")
        if given == "=":
            given = held_arguments(held, name)
        owner = held.get((root, name.rpartition(".")[0]))
        if owner is not None and owner.kind == "class":
            owner.members[name.rpartition(".")[2]] = given  # type: ignore[index]
        else:
            held[root, name] = Name(root, name, kind, given, {})
    return list(held.values())


def held_arguments(held: Mapping[tuple[str, str], Name], name: str) -> str:
    """The arguments that version 2 has under this name."""
    found = held.get(("tf", name))
    if found is not None:
        return found.arguments
    owner, _, member = name.rpartition(".")
    return held["tf", owner].members[member]


# Hornbeam's side -------------------------------------------------------------------------------------


def ours() -> dict[str, Any]:
    """The namespaces of the three roots; Keras's is left out where it cannot be imported."""
    found = {"tf": importlib.import_module("hornbeam"), "v1": importlib.import_module("hornbeam.v1")}
    with contextlib.suppress(ImportError):
        found["keras"] = importlib.import_module("hornbeam.keras")
    return found


MISSING = object()


def reached(space: Any, name: str) -> Any:
    """The object under a dotted name, found as a user finds it; MISSING where it is not there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of names that are kept for older programs
        for part in name.split("."):
            space = getattr(space, part, MISSING)
            if space is MISSING:
                return MISSING
    return space


def found_out(names: list[Name]) -> list[Finding]:
    """What is here of each name."""
    spaces, absences, differences = ours(), reasons(ABSENT, "absent"), reasons(DIFFERENT, "difference")
    findings = []
    for name in names:
        held = reached(spaces[name.root], name.name) if name.root in spaces else MISSING
        if held is MISSING:
            findings.append(Finding(name, "absent", why=why_absent(name, absences)))
            continue
        how = difference(held, name)
        state = "differs" if how else "equal"
        findings.append(Finding(name, state, how, why_different(name, how, differences) if how else None))
    return findings


def difference(held: Any, name: Name) -> str:
    """How the arguments of what is here differ, or nothing."""
    return differs(arguments(held), name.arguments) if name.kind in ("class", "function") else ""


def differs(here: str, there: str) -> str:
    """How two texts of arguments differ, or nothing."""
    if "?" in (here, there):
        return ""
    mine, theirs = split(here), split(there)
    if [a for a, _ in mine] != [a for a, _ in theirs]:
        return f"({', '.join(a for a, _ in mine)}), TensorFlow ({', '.join(a for a, _ in theirs)})"
    for (argument, default), (_, other) in zip(mine, theirs, strict=True):
        if not alike(default, other):
            return f"default of {argument}: {default or 'none'}, TensorFlow {other or 'none'}"
    return ""


def alike(mine: str, theirs: str) -> bool:
    """Whether two defaults are the same: 1 is 1.0, one sentinel is another."""
    if mine == theirs or (mine.startswith("<") and theirs.startswith("<")):
        return True
    try:
        return float(mine) == float(theirs)
    except ValueError:
        return False


def members_found_out(names: list[Name]) -> list[Finding]:
    """What is not here, or has other arguments, of the members of those classes that are here."""
    spaces, absences, differences = ours(), reasons(ABSENT, "member"), reasons(DIFFERENT, "difference")
    findings = []
    for owner in (name for name in names if name.members and name.root in spaces):
        cls = reached(spaces[owner.root], owner.name)
        for member, given in owner.members.items() if isinstance(cls, type) else ():
            name = Name(owner.root, f"{owner.name}.{member}", "function", given, {})
            held = inspect.getattr_static(cls, member, MISSING)
            if held is MISSING:
                findings.append(Finding(name, "absent", why=why_absent(name, absences)))
            elif given and (how := differs(arguments(held, bound=True), given)):
                findings.append(Finding(name, "differs", how, why_different(name, how, differences)))
    return findings


# Reasons ---------------------------------------------------------------------------------------------


def reasons(file: Path, key: str) -> list[dict[str, str]]:
    """The entries of a file of reasons."""
    return tomllib.loads(file.read_text(encoding="utf-8"))[key]


def why_absent(name: Name, entries: list[dict[str, str]]) -> str | None:
    """The reason of the first entry whose pattern is the whole name."""
    return next((e["why"] for e in entries if re.fullmatch(e["on"], name.subject)), None)


def why_different(name: Name, how: str, entries: list[dict[str, str]]) -> str | None:
    """The reason of the first entry that covers this difference of arguments."""
    subject = {"tf": "signature v2 ", "v1": "signature v1 ", "keras": "signature keras "}[name.root] + name.name
    return next((e["why"] for e in entries if re.fullmatch(e["on"], subject) and re.search(e.get("what", ""), how)),
                None)


def unused(findings: list[Finding]) -> list[str]:
    """Patterns for absences, of names or of members, that nothing absent needs."""
    left = {f.name.subject for f in findings if f.state == "absent"}
    entries = [e for kind in ("absent", "member") for e in reasons(ABSENT, kind)]
    return [e["on"] for e in entries if not any(re.fullmatch(e["on"], s) for s in left)]


# The page --------------------------------------------------------------------------------------------


def page(findings: list[Finding], members: list[Finding]) -> str:
    """The whole text."""
    lines = ["# API coverage", "",
             "Written by `make coverage`; do not edit. Every public name of TensorFlow 2.21 and Keras 3.15: whether it "
             "is here, whether its arguments and their defaults are the same, and why it is not here.", ""]
    for root, title in ROOTS.items():
        mine = [f for f in findings if f.name.root == root]
        lines += [f"## {title}", "", *summary(mine), *details(mine),
                  *of_classes([f for f in members if f.name.root == root])]
    lines += keras2_coverage.lines()
    return "\n".join(lines).rstrip() + "\n"


def by_namespace(findings: list[Finding]) -> dict[str, list[Finding]]:
    """The findings of each namespace, outer ones first."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.name.namespace].append(finding)
    return dict(sorted(found.items()))


def summary(findings: list[Finding]) -> Iterator[str]:
    """One row a namespace."""
    yield from ("| namespace | names | equal | other arguments | absent |", "|---|--:|--:|--:|--:|")
    total: Counter[str] = Counter()
    for space, here in by_namespace(findings).items():
        counts = Counter(f.state for f in here)
        total += counts
        yield row(f"`{space}`", counts)
    yield from (row("**all**", total), "")


def row(title: str, counts: Counter[str]) -> str:
    """`| tf.nn | 110 | 100 | 4 | 6 |`."""
    return f"| {title} | {counts.total()} | {counts['equal']} | {counts['differs']} | {counts['absent']} |"


def details(findings: list[Finding]) -> Iterator[str]:
    """What differs and what is absent, namespace by namespace."""
    for space, here in by_namespace(findings).items():
        different = [f for f in here if f.state == "differs"]
        absent: dict[str, list[str]] = defaultdict(list)
        for finding in here:
            if finding.state == "absent":
                absent[finding.why or "no reason given"].append(short(finding.name))
        if not (different or absent):
            continue
        yield from (f"### {space}", "")
        for finding in different:
            yield f"- `{short(finding.name)}`: `{finding.how}`" + (f" ({finding.why})" if finding.why else "")
        for why, names in absent.items():
            yield f"- absent, {why}: {', '.join(f'`{n}`' for n in names)}"
        yield ""


def of_classes(members: list[Finding]) -> Iterator[str]:
    """What differs and what is absent of classes that are here, by reason."""
    absent: dict[str, list[str]] = defaultdict(list)
    for finding in members:
        if finding.state == "absent":
            absent[finding.why or "no reason given"].append(finding.name.name)
    if members:
        yield from ("### Members of classes", "")
        yield from (f"- `{f.name.name}`: `{f.how}`" + (f" ({f.why})" if f.why else "")
                    for f in members if f.state == "differs")
        yield from (f"- absent, {why}: {', '.join(f'`{n}`' for n in names)}" for why, names in absent.items())
        yield ""


def short(name: Name) -> str:
    """The last part of a name."""
    return name.name.rpartition(".")[2]


def main() -> int:
    """The exit code: 1 where the page is out of date and only a check was asked for."""
    names = table()
    text = page(found_out(names), members_found_out(names))
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
    if not current:
        print("What is here changed: run `make coverage`.")
    return int(not current)


if __name__ == "__main__":
    sys.exit(main())
