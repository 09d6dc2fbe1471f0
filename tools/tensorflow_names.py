"""Writes `src/hornbeam/tensorflow_names.txt`: the public names of TensorFlow, for the errors that say what is absent.

    python tools/tensorflow_names.py tf_api.json

The argument maps namespaces ("tf.nn", "tf.compat.v1.nn") to their public names. A line is `12 nn.relu`: the
generations that have the name, then the name.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "hornbeam" / "tensorflow_names.txt"
LEFT_OUT = ("tf.raw_ops", "tf.experimental.numpy")


def names(api: dict[str, dict[str, object]]) -> dict[str, str]:
    """Each dotted name, and the generations that have it as a string of digits."""
    found: dict[str, str] = {}
    for generation, root in (("1", "tf.compat.v1"), ("2", "tf")):
        for space, members in api.items():
            inside = space == root or space.startswith(f"{root}.")
            if not inside or space in LEFT_OUT or (generation == "2" and space.startswith("tf.compat")):
                continue
            prefix = space[len(root) + 1:]
            for member in members:
                full = f"{prefix}.{member}" if prefix else member
                found[full] = found.get(full, "") + generation
    return found


if __name__ == "__main__":
    api = json.loads(Path(sys.argv[1]).read_text())
    TARGET.write_text("".join(f"{marks} {name}\n" for name, marks in sorted(names(api).items())))
