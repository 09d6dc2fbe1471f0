"""Writes `src/hornbeam/tensorflow_names.txt`: the public names of TensorFlow, for the errors that say what is absent.

    python tools/tensorflow_names.py

They are those of the table that coverage is counted by (`api_coverage.py`). A line is `12 nn.relu`: the generations
that have the name, then the name.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from api_coverage import table

TARGET = Path(__file__).parents[1] / "src" / "hornbeam" / "tensorflow_names.txt"
LEFT_OUT = ("experimental.numpy.", "experimental.dtensor.", "tpu.", "lite.", "mlir.")
DIGITS = {"v1": "1", "tf": "2", "keras": "12"}


def names() -> dict[str, str]:
    """Each dotted name, and the generations that have it as a string of digits."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in table():
        if not name.name.startswith(LEFT_OUT):
            parts = name.subject.split(".")
            for length in range(1, len(parts) + 1):  # the namespaces as well
                found[".".join(parts[:length])].update(DIGITS[name.root])
    return {name: "".join(sorted(marks)) for name, marks in found.items()}


if __name__ == "__main__":
    TARGET.write_text("".join(f"{marks} {name}\n" for name, marks in sorted(names().items())), encoding="utf-8")
