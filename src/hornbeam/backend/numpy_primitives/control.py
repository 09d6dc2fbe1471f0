"""Loops and branches: their bodies are programs of their own, built once."""

from __future__ import annotations

import numpy as np

from hornbeam.backend.numpy_primitives.table import Equation, primitive, spec


@primitive("while", views=True)
def while_loop(eq: Equation):
    tests, bodies = eq.params["cond_nconsts"], eq.params["body_nconsts"]
    test, body = eq.subprogram(eq.params["cond_jaxpr"]), eq.subprogram(eq.params["body_jaxpr"])
    batched = len(eq.params["cond_jaxpr"].out_avals[0].shape)
    spread = [(...,) + (None,) * (len(out.shape) - batched) for out in eq.outs]

    def loop(*operands):
        test_consts, body_consts = operands[:tests], operands[tests : tests + bodies]
        state = operands[tests + bodies :]
        while (going := test(*test_consts, *state)[0]).any():
            after = body(*body_consts, *state)
            if batched and not going.all():
                # Loops side by side: those that have ended keep their state.
                after = [np.where(going[s], new, old) for s, new, old in zip(spread, after, state, strict=True)]
            state = after
        return state

    return loop


@primitive("cond", views=True)
def cond(eq: Equation):
    branches = [eq.subprogram(branch) for branch in eq.params["branches"]]
    last = len(branches) - 1

    def choose(index, *operands):
        number = int(index)
        return branches[number if 0 <= number <= last else last](*operands)

    return choose


@primitive("scan", views=True)
def scan(eq: Equation):
    body, length = eq.subprogram(eq.params["jaxpr"]), eq.params["length"]
    inner = eq.params["jaxpr"]
    # What is scanned has one dimension more outside than inside; before it come constants, then the state.
    sliced = [len(o.shape) > len(i.shape) for o, i in zip(eq.ins, inner.in_avals, strict=True)]
    stacked = [len(o.shape) > len(i.shape) for o, i in zip(eq.outs, inner.out_avals, strict=True)]
    carried = stacked.index(True) if True in stacked else len(stacked)
    first_sliced = sliced.index(True) if True in sliced else len(sliced)
    constants = first_sliced - carried
    rows = [spec(aval) for aval in inner.out_avals[carried:]]
    steps = range(length - 1, -1, -1) if eq.params["reverse"] else range(length)

    def loop(*operands):
        fixed, state, xs = operands[:constants], operands[constants:first_sliced], operands[first_sliced:]
        ys = [np.empty((length, *row.shape), row.dtype) for row in rows]
        for i in steps:
            results = body(*fixed, *state, *[x[i] for x in xs])
            state = results[:carried]
            for y, row in zip(ys, results[carried:], strict=True):
                y[i] = row
        return (*state, *ys)

    return loop
