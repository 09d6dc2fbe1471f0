"""Writes `src/hornbeam/graph/op_signatures.json`: how TensorFlow spells the ops that Hornbeam has.

    python tools/op_signatures.py TENSORFLOW_2_PYTHON TENSORFLOW_1_PYTHON

The arguments are interpreters that have TensorFlow 2.21 and 1.15. For each op: its inputs and outputs as
[name, type, number], its attributes as {name: [kind, default, new]}. A type is a dtype, an attribute, or an attribute
that is a list (`*Tin`); a number is the attribute that counts the tensors of a list. `new` marks attributes that 1.15
does not know.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

DUMP = """
import json
from google.protobuf import text_format
from tensorflow.core.framework import op_def_pb2, types_pb2
try:
    from tensorflow.python.client import pywrap_tf_session as session
    session.TF_GetAllOpList
except (ImportError, AttributeError):
    from tensorflow.python import pywrap_tensorflow as session
ops = op_def_pb2.OpList()
ops.ParseFromString(session.TF_GetBuffer(session.TF_GetAllOpList()))

def argument(a):
    if a.type_list_attr:
        kind = "*" + a.type_list_attr
    else:
        kind = a.type_attr or types_pb2.DataType.Name(a.type)[3:].lower()
    return [a.name, kind, a.number_attr] if a.number_attr else [a.name, kind]

def attribute(a):
    default = text_format.MessageToString(a.default_value, as_one_line=True) if a.HasField("default_value") else None
    return [a.type, default]

print(json.dumps({o.name: [[argument(a) for a in o.input_arg], [argument(a) for a in o.output_arg],
                           {a.name: attribute(a) for a in o.attr}] for o in ops.op}))
"""
TARGET = Path(__file__).parents[1] / "src" / "hornbeam" / "graph" / "op_signatures.json"


def dumped(python: str) -> dict[str, Any]:
    """The signatures of the ops of one TensorFlow."""
    done = subprocess.run([python, "-c", DUMP], capture_output=True, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(new_python: str, old_python: str) -> None:
    """Write the file."""
    import hornbeam.v1  # noqa: F401  (declares the ops)
    from hornbeam.graph.op import registry
    from hornbeam.runtime.graph_import.builder import load_translations, translations
    load_translations()
    new, old = dumped(new_python), dumped(old_python)
    wanted = sorted(({*registry.names(), *translations}) & {*new, *old})
    lines = []
    for name in wanted:
        inputs, outputs, attrs = new.get(name) or old[name]
        known = old[name][2] if name in old else attrs
        marked = {key: value if key in known else [*value, 1] for key, value in attrs.items()}
        lines.append(f"{json.dumps(name)}: {json.dumps([inputs, outputs, marked], separators=(',', ':'))}")
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
