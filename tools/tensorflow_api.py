"""Writes `tests/api/tensorflow.tsv.xz`: the public names of TensorFlow, of its version 1 and of Keras, with arguments.

    .venv-tensorflow/bin/python tools/tensorflow_api.py

A line is `root`, dotted name, kind, arguments, separated by tabs; a class is followed by its public members that no
public base of it has, as `Class.member`. Where version 1 has the same as version 2, its arguments are `=`.
"""

from __future__ import annotations

import lzma
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from api_arguments import UNKNOWN, arguments

TARGET = Path(__file__).parents[1] / "tests" / "api" / "tensorflow.tsv.xz"
LEFT_OUT = ("raw_ops", "v1", "v2", "keras", "contrib", "python")
TAKEN_OVER = ("initializers", "losses", "metrics", "optimizers", "flags")
"""Namespaces whose modules are Keras's and absl's."""
OF_OLD_KERAS = {"layers": """
    AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Conv1D Conv2D Conv2DTranspose Conv3D
    Conv3DTranspose Dense Dropout Flatten InputSpec Layer MaxPooling1D MaxPooling2D MaxPooling3D SeparableConv1D
    SeparableConv2D average_pooling1d average_pooling2d average_pooling3d batch_normalization conv1d conv2d
    conv2d_transpose conv3d conv3d_transpose dense dropout flatten max_pooling1d max_pooling2d max_pooling3d
    separable_conv1d separable_conv2d
""", "nn.rnn_cell": """
    BasicLSTMCell BasicRNNCell DeviceWrapper DropoutWrapper GRUCell LSTMCell LSTMStateTuple MultiRNNCell RNNCell
    ResidualWrapper
"""}
"""Names of version 1 that TensorFlow finds only beside Keras 2; their arguments are not known here."""
Row = tuple[str, str, str, str]


def walk(root: str, module: Any, is_public: Callable[[str], bool], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every public name below a module with its object; inner namespaces are walked, other modules are not."""
    for name in sorted(dir(module)):
        if name.startswith("_"):
            continue
        try:
            value = getattr(module, name)
            inner = value.__name__ if isinstance(value, types.ModuleType) else None
        except AttributeError:  # what TensorFlow loads late and cannot
            continue
        if inner is None:
            yield prefix + name, value
        elif (is_public(inner) or name in TAKEN_OVER) and name not in LEFT_OUT:
            yield from walk(root, value, is_public, f"{prefix}{name}.")


def rows(root: str, found: dict[str, Any]) -> Iterator[Row]:
    """The lines of one root."""
    public = {id(value) for value in found.values() if isinstance(value, type)}
    for name, value in found.items():
        yield root, name, kind(value), arguments(value)
        if isinstance(value, type):
            for member, held in sorted(own_members(value, public).items()):
                yield root, f"{name}.{member}", kind(held), arguments(held, bound=True)


def own_members(cls: type, public: set[int]) -> dict[str, Any]:
    """The public members of a class that none of its public bases has."""
    found: dict[str, Any] = {}
    bases = [c for c in cls.__mro__[1:] if id(c) in public]
    elsewhere = {m for base in bases for c in base.__mro__ for m in vars(c)}
    for base in reversed(cls.__mro__):
        if base.__module__ not in ("builtins", "typing", "abc", "enum", "collections", "unittest.case"):
            found |= {n: v for n, v in vars(base).items() if not n.startswith("_") and n not in elsewhere}
    return found


def kind(value: Any) -> str:
    """What a name stands for, in a word."""
    if isinstance(value, type):
        return "class"
    if isinstance(value, (property, types.MemberDescriptorType, types.GetSetDescriptorType)):
        return "property"
    if isinstance(value, (classmethod, staticmethod)) or (callable(value) and not hasattr(value, "as_numpy_dtype")):
        return "function"
    return type(value).__name__


def main() -> None:
    """Write the table."""
    import tensorflow as tf  # pyright: ignore[reportMissingImports, reportMissingModuleSource]

    import keras  # pyright: ignore[reportMissingImports]

    second = dict(walk("tf", tf, lambda module: "_api.v2" in module or module.startswith("tensorflow.experimental")))
    first = dict(walk("v1", tf.compat.v1, lambda module: "_api.v2.compat.v1" in module))
    layers = dict(walk("keras", keras, lambda module: module.startswith("keras.") and ".src" not in module))
    table = {row[1]: row for row in rows("tf", second)}
    lines = list(table.values())
    lines += [(*row[:3], "=") if row[1] in table and row[2:] == table[row[1]][2:] else row for row in rows("v1", first)]
    lines += [("v1", f"{space}.{name}", "class" if name[0].isupper() else "function", UNKNOWN)
              for space, names in OF_OLD_KERAS.items() for name in names.split() if f"{space}.{name}" not in first]
    lines += rows("keras", layers)
    text = "".join("\t".join(line) + "\n" for line in lines)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(lines)} names of TensorFlow {tf.__version__} and Keras {keras.__version__}", file=sys.stderr)


if __name__ == "__main__":
    main()
