"""Branches, loops and gradients as TensorFlow 1 spells them."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.autodiff.gradients import UnconnectedGradients, graph_gradients, graph_hessians
from hornbeam.graph import mode
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.call import graph_for
from hornbeam.graph.names import public
from hornbeam.ops import array, control_flow


@public(v1=("cond",))
def cond(pred: Any, true_fn: Any = None, false_fn: Any = None, strict: bool = False, name: str | None = None,
         fn1: Any = None, fn2: Any = None) -> Any:
    """What `true_fn()` returns where `pred` holds, else what `false_fn()` returns.

    pred: a scalar boolean tensor. true_fn, false_fn (once `fn1`, `fn2`): functions without arguments. Both are called
    to build their parts; only one runs, its writes included; what was made outside them runs in either case.
    strict: a list of one result stays a list. Raises TypeError for missing functions and a `pred` that is no boolean
    tensor, ValueError where the results differ in structure or dtype.
    """
    for label, now, before in (("true_fn", true_fn, fn1), ("false_fn", false_fn, fn2)):
        if now is not None and before is not None:
            raise TypeError(f"cond(): '{label}' and '{'fn1' if label == 'true_fn' else 'fn2'}' may not be set "
                            "simultaneously.")
    functions = {"true_fn": true_fn if true_fn is not None else fn1,
                 "false_fn": false_fn if false_fn is not None else fn2}
    for label, function in functions.items():
        if function is None:
            raise TypeError(f"cond(): '{label}' argument required")
        if not callable(function):
            raise TypeError(f"'{label}' must be callable.")
    graph = graph_for(pred)
    if graph is None:
        return control_flow.cond(pred, *functions.values())
    if isinstance(pred, (bool, np.bool_)):
        raise TypeError("'pred' must not be a Python bool.")
    with mode.opened(graph), graph.name_scope(name or "cond"):
        flag = convert(pred)
        if not flag.dtype.base_dtype.is_bool:
            raise TypeError(f"Input 'pred' of 'Switch' Op has type {flag.dtype.base_dtype.name} that does not match "
                            "expected type of bool.")
        if flag.dims:
            raise ValueError(f"Shape must be rank 0 but is rank {len(flag.dims)} for the `pred` of tf.cond: {pred}")
        if flag.dims is None:
            flag = array.reshape(flag, np.zeros(0, np.int32))
        return control_flow.branched(graph, flag, list(functions.values()), not strict, strict_v1=True)


@public(v1=("while_loop",))
def while_loop(cond: Any, body: Any, loop_vars: Any, shape_invariants: Any = None, parallel_iterations: int = 10,
               back_prop: bool = True, swap_memory: bool = False, name: str | None = None,
               maximum_iterations: Any = None, return_same_structure: bool = False) -> Any:
    """The loop variables after `body` was applied to them for as long as `cond` of them holds.

    As `hornbeam.while_loop`, but a single loop variable comes back without its list, unless
    `return_same_structure` is true.
    """
    found = control_flow.looped(cond, body, loop_vars, shape_invariants, maximum_iterations, name, True,
                                parallel_iterations, back_prop)
    if return_same_structure or not isinstance(found, (list, tuple)) or len(found) != 1:
        return found
    return found[0]


@public(v1=("gradients",))
def gradients(ys: Any, xs: Any, grad_ys: Any = None, name: str = "gradients",
              colocate_gradients_with_ops: bool = False, gate_gradients: Any = False, aggregation_method: Any = None,
              stop_gradients: Any = None, unconnected_gradients: Any = UnconnectedGradients.NONE) -> list[Any]:
    """The derivative of the sum of `ys` with respect to each of `xs`; see `hornbeam.gradients`.

    colocate_gradients_with_ops: accepted.
    """
    return graph_gradients(ys, xs, grad_ys, name, aggregation_method, stop_gradients, unconnected_gradients)


@public(v1=("hessians",))
def hessians(ys: Any, xs: Any, name: str = "hessians", colocate_gradients_with_ops: bool = False,
             gate_gradients: Any = False, aggregation_method: Any = None) -> list[Any]:
    """The matrix of second derivatives of the sum of `ys` for each of `xs`; see `hornbeam.hessians`."""
    return graph_hessians(ys, xs, aggregation_method, name)
