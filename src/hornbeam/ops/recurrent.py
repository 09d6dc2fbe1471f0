"""LSTM and GRU over a whole sequence as one op, and their gradients.

Version 1 of the LSTM has the gates in the order i c f o and adds a number of its own to the forget gate; version 2 has
them in the order i f c o, as Keras does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, op
from hornbeam.ops import array, rules
from hornbeam.ops.matmul import matmul_op
from hornbeam.ops.samples import Sample

_RANKS = {"x": 3, "cs_prev": 2, "h_prev": 2, "w": 2, "wci": 1, "wcf": 1, "wco": 1, "b": 1}
_OUTPUTS = ("i", "cs", "f", "o", "ci", "co", "h")
_TYPES = (dtypes.float16, dtypes.float32)
_INPUTS = ", ".join(("seq_len_max: int64", *(f"{name}: T" for name in _RANKS)))


def _of_gates(parts: Sequence[Any], version: str) -> list[Any]:
    """What belongs to the gates i, f, c, o in the order in which they lie, or back: it is its own inverse."""
    first, second, third, fourth = parts
    return [first, second, third, fourth] if version else [first, third, second, fourth]


def _seeing(z: Any, seen: Any, weight: Any) -> Any:
    """What goes into a gate with what it sees through its peephole, if there is one."""
    return z if weight is None else z + seen * weight


def _forward(version: str, seq_len_max: Any, x: Any, cs_prev: Any, h_prev: Any, w: Any, diagonals: Sequence[Any],
             b: Any, forget_bias: float, cell_clip: float) -> tuple[Any, ...]:
    wci, wcf, wco = diagonals
    steps, _, inputs = x.shape
    if not steps:  # an interpreted loop cannot tell what it would have given
        return (jnp.zeros((0, *cs_prev.shape), x.dtype),) * len(_OUTPUTS)
    projected = jnp.matmul(x, w[:inputs]) + b
    recurrent = w[inputs:]

    def step(state: Any, given: Any) -> Any:
        cs, h = state
        z, is_taken = given
        z_i, z_f, z_c, z_o = _of_gates(jnp.split(z + jnp.matmul(h, recurrent), 4, axis=-1), version)
        i = jax.nn.sigmoid(_seeing(z_i, cs, wci))
        f = jax.nn.sigmoid(_seeing(z_f + jnp.asarray(forget_bias, x.dtype), cs, wcf))
        ci = jnp.tanh(z_c)
        cs = ci * i + cs * f
        if cell_clip > 0:
            cs = jnp.clip(cs, -cell_clip, cell_clip)
        o = jax.nn.sigmoid(_seeing(z_o, cs, wco))
        co = jnp.tanh(cs)
        h = co * o
        return (cs, h), tuple(jnp.where(is_taken, r, 0) for r in (i, cs, f, o, ci, co, h))

    _, results = lax.scan(step, (cs_prev, h_prev), (projected, jnp.arange(steps) < seq_len_max))
    return results


def gradients_of_inputs(x: Any, h_prev: Any, w: Any, h: Any, dz: Any, matmul: Any) -> tuple[Any, Any]:
    """The gradients of `x` and `w` from `dz`, those of what goes into the gates.

    matmul: `matmul(a, b, transpose_a=…, transpose_b=…)`, what multiplies matrices.
    """
    inputs, rows = x.shape[2], dz.reshape((-1, dz.shape[2]))
    before = jnp.concatenate([h_prev[None], h[:-1]])
    dx = matmul(rows, w[:inputs], transpose_a=False, transpose_b=True)
    dw = [matmul(part.reshape((-1, part.shape[2])), rows, transpose_a=True, transpose_b=False) for part in (x, before)]
    return dx.reshape(x.shape), jnp.concatenate(dw)


def _backward(version: str, seq_len_max: Any, x: Any, cs_prev: Any, h_prev: Any, w: Any, diagonals: Sequence[Any],
              kept: Sequence[Any], cs_grad: Any, h_grad: Any) -> tuple[Any, ...]:
    if not x.shape[0]:
        return tuple(jnp.zeros_like(a) for a in (x, cs_prev, h_prev, w, *(w[0, :cs_prev.shape[1]],) * 3, w[0]))
    i, cs, f, o, ci, co, h = kept
    wci, wcf, wco = diagonals
    recurrent = w[x.shape[2]:].T

    def step(after: Any, given: Any) -> Any:
        dcs, dh = after
        i, f, o, ci, co, cs_before, dcs_given, dh_given, is_taken = given
        seen = dh + dh_given
        do = seen * co * o * (1 - o)
        dcs_all = _seeing(dcs + dcs_given + seen * o * (1 - co * co), do, wco)
        di, df = dcs_all * ci * i * (1 - i), dcs_all * cs_before * f * (1 - f)
        dci = dcs_all * i * (1 - ci * ci)
        dz = jnp.concatenate(_of_gates((di, df, dci, do), version), axis=-1)
        now = (_seeing(_seeing(dcs_all * f, di, wci), df, wcf), jnp.matmul(dz, recurrent))
        return (tuple(jnp.where(is_taken, new, old) for new, old in zip(now, after, strict=True)),
                jnp.where(is_taken, dz, 0))

    before = jnp.concatenate([cs_prev[None], cs[:-1]])
    (dcs_prev, dh_prev), dz = lax.scan(
        step, (jnp.zeros_like(cs_prev), jnp.zeros_like(h_prev)),
        (i, f, o, ci, co, before, cs_grad, h_grad, jnp.arange(x.shape[0]) < seq_len_max), reverse=True)
    dx, dw = gradients_of_inputs(x, h_prev, w, h, dz, matmul_op.function)
    di, df, _, do = _of_gates(jnp.split(dz, 4, axis=-1), version)
    of_diagonals = [jnp.zeros(cs.shape[2:], cs.dtype) if weight is None else jnp.sum(d * c, axis=(0, 1))
                    for weight, d, c in ((wci, di, before), (wcf, df, before), (wco, do, cs))]
    return dx, dcs_prev, dh_prev, dw, *of_diagonals, jnp.sum(dz, axis=(0, 1))


def _sizes(inputs: Sequence[Any]) -> tuple[Any, Any]:
    """Dims of `x` and the number of units, None where they are unknown. Raises ShapeFault."""
    given = {name: i.dims for name, i in zip(_RANKS, inputs[1:9], strict=True)}
    for name, dims in given.items():
        if dims is not None and len(dims) != _RANKS[name]:
            raise ShapeFault(f"Shape must be rank {_RANKS[name]} but is rank {len(dims)}",
                             f"{name} must be {_RANKS[name]}D")
    steps, batch, depth = given["x"] or (None, None, None)
    known = [dims[-1] for name, dims in given.items() if dims is not None and name not in ("x", "w", "b")]
    wide = [dims[-1] for name in ("w", "b") if (dims := given[name]) is not None]
    units = next((n for n in known if n is not None), next((n // 4 for n in wide if n is not None), None))
    batches = (batch, *(dims[0] for name in ("cs_prev", "h_prev") if (dims := given[name]) is not None))
    batch = next((n for n in batches if n is not None), None)
    for name, dims in given.items():
        if name == "x" or dims is None:
            continue
        last = units and (4 * units if name in ("w", "b") else units)
        first = batch if name in ("cs_prev", "h_prev") else _sum(depth, units)
        for axis, wanted in enumerate((first, last) if len(dims) == 2 else (last,)):
            if None not in (dims[axis], wanted) and dims[axis] != wanted:
                raise ShapeFault(f"Dimensions must be equal, but are {dims[axis]} and {wanted}",
                                 f"{name}.dim_size({axis}) != {wanted}: it is {rules.text(dims)}, with x of "
                                 f"{rules.text(given['x'])} and {units} units")
    return (steps, batch, depth), units


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _samples(rng: np.random.Generator) -> list[Sample]:
    found: list[Sample] = []
    for steps, use_peephole, cell_clip in ((3, False, 0.0), (4, True, 0.5)):
        shapes = ((steps, 2, 3), (2, 2), (2, 2), (5, 8), (2,), (2,), (2,), (8,))
        found.append(((np.int64(steps), *(rng.normal(size=s).astype(np.float32) for s in shapes)),
                      {"use_peephole": use_peephole, "cell_clip": cell_clip}))
    return found


def _gradient_samples(rng: np.random.Generator) -> list[Sample]:
    found: list[Sample] = []
    for inputs, attrs in _samples(rng):
        shape = (*inputs[1].shape[:2], 2)
        kept = [rng.uniform(-0.9, 0.9, shape).astype(np.float32) for _ in range(9)]
        found.append(((*inputs, *kept), {"use_peephole": attrs["use_peephole"]}))
    return found


def _diagonals(given: Sequence[Any], use_peephole: bool) -> Sequence[Any]:
    return given if use_peephole else (None,) * 3


def _declare(version: str) -> tuple[Any, Any]:
    """One version of BlockLSTM and of its gradient."""
    waive = {"gradient": "the types are float16 and float32; compared with float64 in tests/ops/test_recurrent.py"}

    def forward(given: Sequence[Any], forget_bias: float, cell_clip: float, use_peephole: bool) -> tuple[Any, ...]:
        seq_len_max, x, cs_prev, h_prev, w, *diagonals, b = given
        return _forward(version, seq_len_max, x, cs_prev, h_prev, w, _diagonals(diagonals, use_peephole), b,
                        forget_bias, cell_clip)

    def outputs(inputs: Any, attrs: Any) -> Any:
        (steps, batch, _), units = _sizes(inputs)
        return [((steps, batch, units), inputs[1].dtype)] * len(_OUTPUTS)

    def gradient(call: Any, *dys: Any) -> Any:
        if any(dy is not None for name, dy in zip(_OUTPUTS, dys, strict=True) if name not in ("cs", "h")):
            return NotImplemented  # only gradients of gradients ask: the generic rule has all outputs
        cs, h = call.outputs[1], call.outputs[6]
        dcs, dh = (array.zeros_like(out) if dy is None else dy for out, dy in ((cs, dys[1]), (h, dys[6])))
        return (None, *backward(*call.inputs, *call.outputs, dcs, dh, use_peephole=call.attrs["use_peephole"]))

    if version:
        @op("BlockLSTMV2", inputs=_INPUTS, outputs=_OUTPUTS, T=_TYPES, samples=_samples, waive=waive)
        def made(seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, *, cell_clip: float = 0,
                 use_peephole: bool = False):
            """An LSTM over x [steps, batch, n]: every gate, state and output [steps, batch, units].

            seq_len_max: steps that are taken; zeros after them. w: [n + units, 4 · units], gates in the order i f c o.
            wci, wcf, wco: weights of the peepholes [units]. cell_clip: the bound of the states, if positive.
            """
            return forward((seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b), 0.0, cell_clip, use_peephole)
    else:
        @op("BlockLSTM", inputs=_INPUTS, outputs=_OUTPUTS, T=_TYPES, samples=_samples, waive=waive)
        def made(seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, *, forget_bias: float = 1,
                 cell_clip: float = 3, use_peephole: bool = False):
            """`BlockLSTMV2` with gates in the order i c f o. forget_bias: added to what goes into the forget gate."""
            return forward((seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b), forget_bias, cell_clip, use_peephole)

    made.shape(outputs)
    made.grad(gradient)

    @op(f"BlockLSTMGrad{version}", T=_TYPES, samples=_gradient_samples, waive=waive,
        inputs=f"{_INPUTS}, {', '.join(f'{name}: T' for name in (*_OUTPUTS, 'cs_grad', 'h_grad'))}",
        outputs=tuple(f"{name}_grad" for name in _RANKS))
    def backward(seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, cs_grad, h_grad, *,
                 use_peephole: bool):
        """The gradients of an LSTM over a sequence in its inputs, from those of its states and outputs."""
        return _backward(version, seq_len_max, x, cs_prev, h_prev, w, _diagonals((wci, wcf, wco), use_peephole),
                         (i, cs, f, o, ci, co, h), cs_grad, h_grad)

    @backward.shape
    def _(inputs, attrs):
        (steps, batch, depth), units = _sizes(inputs)
        wide = units and 4 * units
        dims = {"x": (steps, batch, depth), "cs_prev": (batch, units), "h_prev": (batch, units),
                "w": (_sum(depth, units), wide), "b": (wide,)}
        return [(dims.get(name, (units,)), inputs[1].dtype) for name in _RANKS]

    return made, backward


block_lstm, block_lstm_grad = _declare("")
block_lstm_v2, block_lstm_grad_v2 = _declare("V2")


# GRU --------------------------------------------------------------------------------------------------

_OF_GRU = {"x": 3, "h_prev": 2, "w": 2, "u": 2, "b": 1, "b_state": 1}
_GATES = ("z", "r", "q", "g", "h")


def _gru_sizes(inputs: Sequence[Any]) -> tuple[Any, Any]:
    """Dims of `x` and the number of units, None where they are unknown. Raises ShapeFault."""
    given = {name: i.dims for name, i in zip(_OF_GRU, inputs, strict=False)}
    for name, dims in given.items():
        if dims is not None and len(dims) != _OF_GRU[name]:
            raise ShapeFault(f"Shape must be rank {_OF_GRU[name]} but is rank {len(dims)}",
                             f"{name} must be {_OF_GRU[name]}D")
    steps, batch, depth = given["x"] or (None, None, None)
    of_state, w, u = (given[name] or (None, None) for name in ("h_prev", "w", "u"))
    units = next((n for n in (of_state[1], u[0]) if n is not None), None)
    batch = of_state[0] if batch is None else batch
    depth = w[0] if depth is None else depth
    wide = units and 3 * units
    wanted = {"h_prev": (batch, units), "w": (depth, wide), "u": (units, wide), "b": (wide,), "b_state": (wide,)}
    for name, dims in wanted.items():
        for axis, (size, other) in enumerate(zip(given[name] or (), dims, strict=False)):
            if None not in (size, other) and size != other:
                raise ShapeFault(f"Dimensions must be equal, but are {size} and {other}",
                                 f"{name}.dim_size({axis}) != {other}: it is {rules.text(given[name])}, with x of "
                                 f"{rules.text(given['x'])} and {units} units")
    return (steps, batch, depth), units


def _gru_samples(rng: np.random.Generator) -> list[Sample]:
    shapes = ((3, 2, 3), (2, 2), (3, 6), (2, 6), (6,), (6,))
    return [(tuple(rng.normal(size=s) for s in shapes), {"reset_after": after}) for after in (True, False)]


def _gru_gradient_samples(rng: np.random.Generator) -> list[Sample]:
    return [((*inputs, *(rng.uniform(0.1, 0.9, (3, 2, 2)) for _ in range(6))), attrs)
            for inputs, attrs in _gru_samples(rng)]


@op("BlockGRU", inputs=", ".join(f"{name}: T" for name in _OF_GRU), outputs=_GATES, T=FLOATS, samples=_gru_samples)
def block_gru(x, h_prev, w, u, b, b_state, *, reset_after: bool):
    """A GRU over x [steps, batch, n]: gates z and r, what the candidate gets from the state q, the candidate g and the
    state h, each [steps, batch, units].

    z, r = σ(x·w + b + h·u + b_state); g = tanh(x·w + b + inside); h ← z·h + (1 − z)·g, with the columns of w
    [n, 3 · units], u [units, 3 · units], b and b_state [3 · units] in the order z r g. inside: r·q, q = h·u + b_state,
    where `reset_after`, else q·u + b_state, q = r·h. Cho et al. 2014.
    """
    units = h_prev.shape[1]
    if not x.shape[0]:  # an interpreted loop cannot tell what it would have given
        return (jnp.zeros((0, *h_prev.shape), x.dtype),) * len(_GATES)

    def step(h: Any, given: Any) -> Any:
        x_z, x_r, x_g = jnp.split(given, 3, axis=-1)
        if reset_after:
            h_z, h_r, q = jnp.split(jnp.matmul(h, u) + b_state, 3, axis=-1)
        else:
            h_z, h_r = jnp.split(jnp.matmul(h, u[:, :2 * units]) + b_state[:2 * units], 2, axis=-1)
        z, r = jax.nn.sigmoid(x_z + h_z), jax.nn.sigmoid(x_r + h_r)
        if reset_after:
            g = jnp.tanh(x_g + r * q)
        else:
            q = r * h
            g = jnp.tanh(x_g + jnp.matmul(q, u[:, 2 * units:]) + b_state[2 * units:])
        h = z * h + (1 - z) * g
        return h, (z, r, q, g, h)

    return lax.scan(step, h_prev, jnp.matmul(x, w) + b)[1]


@block_gru.shape
def _(inputs, attrs):
    (steps, batch, _), units = _gru_sizes(inputs)
    return [((steps, batch, units), inputs[0].dtype)] * len(_GATES)


@block_gru.grad
def _(call, *dys):
    if any(dy is not None for dy in dys[:-1]):
        return NotImplemented  # only gradients of gradients ask: the generic rule has all outputs
    return block_gru_grad(*call.inputs, *call.outputs, dys[-1], reset_after=call.attrs["reset_after"])


@op("BlockGRUGrad", T=FLOATS, samples=_gru_gradient_samples,
    inputs=", ".join(f"{name}: T" for name in (*_OF_GRU, *_GATES, "h_grad")),
    outputs=tuple(f"{name}_grad" for name in _OF_GRU))
def block_gru_grad(x, h_prev, w, u, b, b_state, z, r, q, g, h, h_grad, *, reset_after: bool):
    """The gradients of a GRU over a sequence in its inputs, from those of its states."""
    if not x.shape[0]:
        return tuple(jnp.zeros_like(a) for a in (x, h_prev, w, u, b, b_state))
    units = h_prev.shape[1]
    before = jnp.concatenate([h_prev[None], h[:-1]])

    def step(after: Any, given: Any) -> Any:
        z, r, q, g, h_before, dh_given = given
        dh = after + dh_given
        dz, dg = dh * (h_before - g) * z * (1 - z), dh * (1 - z) * (1 - g * g)
        if reset_after:
            dr, dq = dg * q * r * (1 - r), dg * r
            passed = dh * z
        else:
            through, dq = jnp.matmul(dg, u[:, 2 * units:].T), dg
            dr = through * h_before * r * (1 - r)
            passed = dh * z + through * r
        from_state = jnp.concatenate([dz, dr, dq], axis=-1)
        back = from_state if reset_after else from_state[:, :2 * units]
        passed = passed + jnp.matmul(back, u[:, :back.shape[1]].T)
        return passed, (jnp.concatenate([dz, dr, dg], axis=-1), from_state)

    dh_prev, (from_inputs, from_state) = lax.scan(
        step, jnp.zeros_like(h_prev), (z, r, q, g, before, h_grad), reverse=True)
    dx, dw, du = gradients_of_gru(x, h_prev, w, q, h, from_inputs, from_state, reset_after, matmul_op.function)
    return dx, dh_prev, dw, du, jnp.sum(from_inputs, axis=(0, 1)), jnp.sum(from_state, axis=(0, 1))


@block_gru_grad.shape
def _(inputs, attrs):
    (steps, batch, depth), units = _gru_sizes(inputs)
    wide = units and 3 * units
    return [(dims, inputs[0].dtype) for dims in ((steps, batch, depth), (batch, units), (depth, wide), (units, wide),
                                                 (wide,), (wide,))]


def gradients_of_gru(x: Any, h_prev: Any, w: Any, q: Any, h: Any, from_inputs: Any, from_state: Any, reset_after: bool,
                     matmul: Any) -> tuple[Any, Any, Any]:
    """The gradients of `x`, `w` and `u` from those of what goes into the gates from the inputs and from the state.

    matmul: as for `gradients_of_inputs`.
    """
    units, rows, of_state = h_prev.shape[1], *(a.reshape((-1, a.shape[2])) for a in (from_inputs, from_state))
    dx = matmul(rows, w, transpose_a=False, transpose_b=True).reshape(x.shape)
    dw = matmul(x.reshape((-1, x.shape[2])), rows, transpose_a=True, transpose_b=False)
    seen = jnp.concatenate([h_prev[None], h[:-1]]).reshape((-1, units))
    if reset_after:
        return dx, dw, matmul(seen, of_state, transpose_a=True, transpose_b=False)
    du = [matmul(a, d, transpose_a=True, transpose_b=False)
          for a, d in ((seen, of_state[:, :2 * units]), (q.reshape((-1, units)), of_state[:, 2 * units:]))]
    return dx, dw, jnp.concatenate(du, axis=1)
