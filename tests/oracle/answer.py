"""TensorFlow's side: answers questions about itself, one JSON line each.

`python -m tests.oracle.answer` under an interpreter that has TensorFlow; `peer.py` starts it.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from tests.oracle.encoding import decode, encode, weights

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


def error(caught: BaseException) -> dict[str, Any]:
    """What an exception is and says, without the names of nodes and devices that mean something on one side only."""
    text = re.sub(r"^\{\{function_node [^}]*\}\} ", "", str(getattr(caught, "message", None) or caught))
    return {"class": type(caught).__name__, "bases": [c.__name__ for c in type(caught).__mro__],
            "message": text[:3000]}


# Ops -----------------------------------------------------------------------------------------------


def declaration(type: str) -> Any:
    """The arguments of an op as `raw_ops` takes them, and the values its attributes may have."""
    import tensorflow as tf
    from tensorflow.python.framework import op_def_registry

    definition = op_def_registry.get(type)
    function = getattr(tf.raw_ops, type, None)
    if definition is None:
        return None
    attrs = {}
    for attr in definition.attr:
        listed = attr.allowed_values.list
        attrs[attr.name] = {"type": attr.type, "strings": [s.decode() for s in listed.s],
                            "types": [tf.as_dtype(t).name for t in listed.type]}
    return {"arguments": None if function is None else signature_of(function), "attrs": attrs,
            "inputs": [{"name": a.name, "attr": a.type_attr, "ref": a.is_ref} for a in definition.input_arg],
            "outputs": [a.name for a in definition.output_arg]}


def signature_of(function: Callable[..., Any]) -> list[list[Any]] | None:
    """Names and defaults of the arguments, as text."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[_star(p) + p.name, None if p.default is p.empty else _default(p.default)] for p in parameters]


def _star(p: inspect.Parameter) -> str:
    return {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")


def _default(value: Any) -> str:
    if type(value).__name__ == "DType":
        return value.name
    if inspect.isclass(value) or callable(value):
        return getattr(value, "__name__", "object")
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return repr(list(value) if isinstance(value, tuple) else value)


def attribute(value: Any) -> Any:
    import tensorflow as tf

    if isinstance(value, dict):
        if "dtype_name" in value:
            return tf.as_dtype(value["dtype_name"])
        if "static_shape" in value:
            return tf.TensorShape(value["static_shape"])
    if isinstance(value, list):
        return [attribute(v) for v in value]
    return value


def run(op: str, inputs: dict[str, Any], attrs: dict[str, Any], refs: list[str], gradient: bool,
        hidden: list[Any] | None) -> dict[str, Any]:
    """Outputs, gradients of the inputs, and static shapes of one call."""
    import tensorflow as tf

    function = getattr(tf.raw_ops, op, None)
    if function is None:
        return {"missing": True}
    attrs = {k: attribute(v) for k, v in attrs.items()}
    if refs:
        return _run_refs(function, inputs, attrs, refs)
    answer: dict[str, Any] = {}
    try:
        tensors = {k: [tf.constant(v) for v in a] if isinstance(a, list) else tf.constant(a)
                   for k, a in inputs.items()}
        flat = [t for a in tensors.values() for t in (a if isinstance(a, list) else [a])]
        with tf.GradientTape(persistent=True) as tape:
            for t in flat:
                tape.watch(t)
            outputs = listed(function(**tensors, **attrs))
        answer["outputs"] = [o.numpy() for o in outputs]
        answer["outputs"] = [np.array(o, object) if isinstance(o, bytes) else o for o in answer["outputs"]]
    except Exception as caught:
        return {"error": error(caught)}
    if gradient:
        answer["gradients"] = _gradients(tape, outputs, flat)
    if hidden is not None:
        answer["static"] = [_static(function, inputs, attrs, h) for h in hidden]
    return answer


def _gradients(tape: Any, outputs: list[Any], flat: list[Any]) -> Any:
    import tensorflow as tf

    moving = [(k, o) for k, o in enumerate(outputs) if o.dtype.is_floating or o.dtype.is_complex]
    try:
        grads = tape.gradient([o for _, o in moving], flat,
                              [tf.constant(weights(tuple(o.shape), o.dtype.as_numpy_dtype, k)) for k, o in moving])
        return [None if g is None else tf.convert_to_tensor(g).numpy() for g in grads]
    except Exception as caught:
        return {"error": error(caught)}


def _static(function: Any, inputs: dict[str, Any], attrs: dict[str, Any], hidden: dict[str, Any]) -> Any:
    """The shapes that the graph tells. `hidden` says which dims of which inputs are unknown there."""
    import tensorflow as tf

    def symbol(value: Any, shape: Any) -> Any:
        if isinstance(value, list):
            return [symbol(v, s) for v, s in zip(value, shape, strict=True)]
        if shape == "value":
            return tf.constant(value)
        return tf.compat.v1.placeholder(tf.as_dtype(value.dtype if value.dtype != object else "string"), shape)

    try:
        with tf.Graph().as_default():
            outputs = listed(function(**{k: symbol(v, hidden[k]) for k, v in inputs.items()}, **attrs))
            return [None if o.shape.rank is None else o.shape.as_list() for o in outputs]
    except Exception as caught:
        return {"error": error(caught)}


def _run_refs(function: Any, inputs: dict[str, Any], attrs: dict[str, Any], refs: list[str]) -> dict[str, Any]:
    import tensorflow as tf

    v1 = tf.compat.v1
    try:
        with tf.Graph().as_default(), v1.Session() as session:
            variables = {k: v1.Variable(inputs[k], use_resource=False) for k in refs}
            given = {k: variables[k]._ref() if k in refs else tf.constant(v) for k, v in inputs.items()}
            op = function(**given, **attrs)
            session.run(v1.global_variables_initializer())
            session.run(op)
            return {"outputs": [session.run(v) for v in variables.values()]}
    except Exception as caught:
        return {"error": error(caught)}


def listed(value: Any) -> list[Any]:
    """What an op gave, as a flat list."""
    if value is None:
        return []
    return [v for item in value for v in listed(item)] if isinstance(value, list | tuple) else [value]


# Public names, expressions and programs ----------------------------------------------------------------


def public(name: str, v1: bool) -> Any:
    """The signature of a public object, None if it has none, or "absent"."""
    import tensorflow as tf

    found: Any = tf.compat.v1 if v1 else tf
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            return "absent"
    if not callable(found):
        return None
    return signature_of(found)


def evaluate(text: str, v1: bool, inputs: dict[str, Any]) -> Any:
    """The value of a Python expression in which `tf` is the namespace."""
    import tensorflow as tf
    from tests.oracle.calls import evaluate as evaluate_with

    if v1:
        tf.compat.v1.disable_v2_behavior()
    return evaluate_with(tf.compat.v1 if v1 else tf, text, v1, inputs)


def program(name: str) -> list[str]:
    """What one of `programs.py` shows, run under TensorFlow 1's behaviour."""
    import tensorflow.compat.v1 as tf
    from tests.oracle.programs import PROGRAMS, shown

    tf.disable_v2_behavior()
    return shown(PROGRAMS[name], tf)


def traced(name: str) -> list[Any]:
    """The results of one of `tests/autograph/programs.py` as a traced function, for each of its lists of arguments."""
    import tensorflow as tf

    os.environ["HORNBEAM_PROGRAMS_WITH"] = "tensorflow"
    from tests.autograph.programs import CASES

    case = CASES[name]
    function = tf.function(case.function)
    return [_with_slopes(function, arguments, case.grad) for arguments in case.arguments]


def _with_slopes(function: Any, arguments: Any, slopes: bool) -> list[Any]:
    """The results, then the gradients of the sum of the floats among them."""
    import tensorflow as tf

    given = [tf.constant(a) for a in arguments]
    sources = [t for t in given if t.dtype == tf.float32]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        results = [tf.convert_to_tensor(r) for r in tf.nest.flatten(function(*given))]
        floats = [tf.reduce_sum(r) for r in results if r.dtype == tf.float32]
        total = tf.add_n(floats) if floats else None
    found = tape.gradient(total, sources, unconnected_gradients="zero") if slopes else []
    return [np.asarray(tf.convert_to_tensor(t)) for t in (*results, *found)]


def refusal(name: str) -> Any:
    """The error of one of `tests/autograph/refusals.py` as a traced function, None where there is none."""
    import tensorflow as tf

    os.environ["HORNBEAM_PROGRAMS_WITH"] = "tensorflow"
    from tests.autograph.refusals import REFUSALS

    refused = REFUSALS[name]
    try:
        tf.function(refused.function)(*[tf.constant(a) for a in refused.arguments])
    except Exception as caught:
        return error(caught)
    return None


def eager_program(name: str) -> Any:
    """What one of the programs of `eager_*.py` returns."""
    import tensorflow as tf
    from tests.oracle import eager_modules  # noqa: F401
    from tests.oracle.eager_programs import answer

    return answer(name, tf)


QUESTIONS = {f.__name__: f for f in (declaration, run, public, evaluate, program, traced, refusal, eager_program)}


def main() -> None:
    """Answer until the questions end. What TensorFlow prints goes to standard error."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = {"answer": encode(QUESTIONS[question["ask"]](**decode(question["with"])))}
        except Exception as caught:
            answer = {"failure": error(caught)}
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
