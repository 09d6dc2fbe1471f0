"""The part of `docs/api-coverage.md` on Keras 2.3.1: which of its names programs find, and why others are not there.

Its names stand in `tests/api/keras2.tsv.xz` (written by `keras2_api.py`), the reasons in `tests/api/keras2.toml`.
"""

from __future__ import annotations

import importlib
import inspect
import lzma
import re
import tomllib
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, final

from api_arguments import split
from hornbeam.cli.keras_modules import OLD_PLACES

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests" / "api" / "keras2.tsv.xz"
REASONS = ROOT / "tests" / "api" / "keras2.toml"
ALWAYS = frozenset("input_shape batch_input_shape weights input_dim batch_size".split())
"""Arguments that every layer takes."""


@final
class Finding(NamedTuple):
    """What is here of a name: `state` is "taken", "differs" or "absent"; `lacks`: arguments that it does not take."""

    name: str
    state: str
    lacks: tuple[str, ...] = ()
    why: str | None = None


def names() -> Iterator[tuple[str, list[str]]]:
    """Each name of Keras 2.3.1 with its arguments."""
    for line in lzma.decompress(TABLE.read_bytes()).decode().splitlines():
        name, _, given = line.split("\t")
        yield name, [] if given == "?" else [argument for argument, _ in split(given)]


def found(name: str) -> Any:
    """The object as `hornbeam run` gives it to a program. Raises LookupError where there is none."""
    module, _, last = name.rpartition(".")
    below = module.partition(".")[2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for place in OLD_PLACES.get(below, (below,)):
            try:
                return getattr(importlib.import_module(f"hornbeam.keras.{place}".rstrip(".")), last)
            except (ImportError, AttributeError):
                continue
    raise LookupError(name)


def lacking(target: Any, arguments: list[str]) -> tuple[str, ...]:
    """The arguments of Keras 2 that an object of ours does not take by name."""
    function = target.__init__ if isinstance(target, type) else target
    taken = set(ALWAYS if isinstance(target, type) else ())
    while function is not None:
        taken |= getattr(function, "old_arguments", frozenset())
        parameters = inspect.signature(function).parameters.values()
        if any(p.kind is p.VAR_KEYWORD for p in parameters):
            return ()  # those are looked at where they arrive
        taken |= {p.name for p in parameters}
        function = getattr(function, "__wrapped__", None)
    return tuple(a for a in arguments if not a.startswith("*") and a not in taken)


def findings() -> list[Finding]:
    """What is here of each name."""
    reasons = tomllib.loads(REASONS.read_text(encoding="utf-8"))
    made = []
    for name, arguments in names():
        try:
            target = found(name)
        except LookupError:
            why = next((e["why"] for e in reasons["absent"] if re.fullmatch(e["on"], name)), None)
            made.append(Finding(name, "absent", why=why))
            continue
        lacks = lacking(target, arguments)
        why = next((e["why"] for e in reasons["argument"] if re.fullmatch(e["on"], name)), None) if lacks else None
        made.append(Finding(name, "differs" if lacks else "taken", lacks, why))
    return made


def unused(made: list[Finding]) -> list[str]:
    """Patterns of reasons that nothing needs."""
    reasons = tomllib.loads(REASONS.read_text(encoding="utf-8"))
    return [e["on"] for kind, state in (("absent", "absent"), ("argument", "differs")) for e in reasons[kind]
            if not any(f.state == state and re.fullmatch(e["on"], f.name) for f in made)]


def lines() -> Iterator[str]:
    """The section."""
    made = findings()
    spaces: dict[str, list[Finding]] = defaultdict(list)
    for finding in made:
        spaces[finding.name.rpartition(".")[0]].append(finding)
    yield from ("## Keras 2.3.1: programs of earlier days under `hornbeam run`", "",
                "Each name that is not today's is found with a warning that says what it is now.", "",
                "| module | names | all arguments taken | some not | absent |", "|---|--:|--:|--:|--:|")
    total: Counter[str] = Counter()
    for space, here in spaces.items():
        counts = Counter(f.state for f in here)
        total += counts
        yield _row(f"`{space}`", counts)
    yield from (_row("**all**", total), "")
    for finding in made:
        if finding.state == "differs":
            lacks = ", ".join(f"`{a}`" for a in finding.lacks)
            yield f"- `{finding.name}` does not take {lacks}" + (f" ({finding.why})" if finding.why else "")
    absent: dict[str, list[str]] = defaultdict(list)
    for finding in made:
        if finding.state == "absent":
            absent[finding.why or "no reason given"].append(finding.name)
    for why, gone in absent.items():
        yield f"- absent, {why}: {', '.join(f'`{n}`' for n in gone)}"
    yield ""


def _row(title: str, counts: Counter[str]) -> str:
    return f"| {title} | {counts.total()} | {counts['taken']} | {counts['differs']} | {counts['absent']} |"
