"""Loops, branches and calls, and what programs promise whatever they compute."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from functools import lru_cache

import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from hornbeam.backend.interpret import is_known, numpy_program
from hornbeam.backend.quiet import quietly

pytestmark = pytest.mark.usefixtures("nothing_compiles")


@jax.custom_vjp
def doubled(x):
    return x * 2


doubled.defvjp(lambda x: (x * 2, None), lambda _, g: (g * 3,))

FLOW: dict[str, Callable] = {
    "while": lambda x: lax.while_loop(lambda s: s[0] < x.sum(), lambda s: (s[0] + x[0], s[1] * 2), (x[1], x)),
    "while, never": lambda x: lax.while_loop(lambda s: s[0] > 1e9, lambda s: (s[0] + 1, s[1]), (x[0], x)),
    "while, side by side": lambda x: jax.vmap(
        lambda y: lax.while_loop(lambda s: s[0] < 9, lambda s: (s[0] * 2, s[1] + 1), (y, jnp.ones(2)))
    )(x),
    "fori": lambda x: lax.fori_loop(0, 5, lambda i, s: s + i * x, x),
    "fori, dynamic": lambda x: lax.fori_loop(0, x[1].astype(int), lambda i, s: s.at[i].add(i), x),
    "scan": lambda x: lax.scan(lambda c, y: (c + y * x[0], (c, y * 2)), x[0], (x)),
    "scan, reverse": lambda x: lax.scan(lambda c, y: (c * y, c), jnp.ones(()), x, reverse=True),
    "scan without state": lambda x: lax.map(lambda y: (y, y + 1), x),
    "scan without rows": lambda x: lax.scan(lambda c, _: (c * 2, None), x, None, length=3),
    "scan of nothing": lambda x: lax.scan(lambda c, y: (c + 1, c), x, jnp.zeros((0, 2))),
    "scan of rows": lambda x: lax.scan(lambda c, y: (c + y.sum(), y[::-1]), 0.0, jnp.outer(x, x)),
    "scan, unrolled": lambda x: lax.scan(lambda c, y: (c + y, c), x[0], x, unroll=2),
    "scan of keys": lambda x: lax.scan(
        lambda k, y: (jax.random.split(k)[0], y + jax.random.uniform(k, (), jnp.float32)),
        jax.random.key(3),
        x.astype(np.float32),
    )[1],
    "cond": lambda x: lax.cond(x[0] > 0, lambda y: y + 1, lambda y: y * 2, x),
    "cond, side by side": lambda x: jax.vmap(lambda y: lax.cond(y > 2, jnp.sin, jnp.cos, y))(x),
    "switch": lambda x: [
        lax.switch(x[0].astype(np.int32) + i, [lambda y: y, lambda y: -y, lambda y: (y * 3)[::-1]], x)
        for i in (-3, -1, 0, 5)
    ],
    "nested": lambda x: lax.scan(lambda c, y: (lax.fori_loop(0, 3, lambda i, s: s + y, c), c), x[0], x),
    "calls": lambda x: jax.jit(lambda y: jax.jit(jnp.sin)(y) + jax.jit(jnp.sin)(y * 2))(x),
    "custom_jvp": lambda x: jax.nn.relu(x) + jax.nn.silu(x),
    "custom_vjp": lambda x: (doubled(x), jax.grad(lambda y: doubled(y).sum())(x)),
    "checkpoint": lambda x: jax.grad(lambda y: jax.checkpoint(jnp.sin)(y).sum())(x),
    "gradient of a scan": lambda x: jax.grad(lambda y: lax.scan(lambda c, v: (c * v, c), 1.0, y)[0])(x),
    "gradient of a loss": lambda x: jax.grad(lambda w: -jax.nn.log_softmax(jnp.outer(w, w))[0].sum())(x),
    "step of Adam": lambda x: x - 0.1 * (0.1 * x) / (jnp.sqrt(0.001 * x**2) + 1e-8),
    "constants only": lambda x: (jnp.arange(4.0) * 2, jnp.ones((2, 3)) + 1, np.float32(3), x),
    "captured": lambda x: x + np.arange(3.0),
    "nothing": lambda x: (),
}


@lru_cache
def compiled_flow() -> dict[str, list[np.ndarray]]:
    x = np.array([1.5, 2.0, 4.0])
    with jax.enable_x64(True):
        results = jax.jit(lambda x: {n: f(x) for n, f in FLOW.items()})(x)
    return {name: [np.asarray(y) for y in jax.tree.leaves(result)] for name, result in results.items()}


@pytest.mark.parametrize("name", FLOW)
def test_control_flow(interpreted, assert_same, name):
    for got, want in zip(interpreted(FLOW[name], np.array([1.5, 2.0, 4.0])), compiled_flow()[name], strict=True):
        assert_same(got, want)


# --- Random programs ------------------------------------------------------------------------------


def broadcast_randomly(rng, x):
    shape = [n if n > 1 else int(rng.integers(1, 4)) for n in x.shape]
    return jnp.broadcast_to(x, [*map(int, rng.integers(1, 4, rng.integers(0, 2))), *shape][-4:])


def fitted(rng, x, y):
    """`y` made to broadcast with `x`: where its sizes do not agree, its first elements."""
    y = y if y.ndim <= x.ndim else y[(0,) * (y.ndim - x.ndim)]
    sizes = x.shape[x.ndim - y.ndim :]
    return y[tuple(slice(None) if a == b else slice(1) for a, b in zip(sizes, y.shape, strict=True))]


STEPS: list[Callable] = [
    lambda rng, x, y: x + fitted(rng, x, y),
    lambda rng, x, y: x * fitted(rng, x, y),
    lambda rng, x, y: jnp.where(fitted(rng, x, y) > 0, x, 3),
    lambda rng, x, y: lax.max(x, jnp.broadcast_to(fitted(rng, x, y), x.shape)),
    lambda rng, x, y: broadcast_randomly(rng, x),
    lambda rng, x, y: x.reshape(rng.permutation(x.shape).tolist()),
    lambda rng, x, y: x.transpose(rng.permutation(x.ndim).tolist()),
    lambda rng, x, y: jnp.expand_dims(x, int(rng.integers(0, x.ndim + 1))) if x.ndim < 3 else x,
    lambda rng, x, y: x.sum(int(rng.integers(0, x.ndim))) if x.ndim else -x,
    lambda rng, x, y: x.max(keepdims=True),
    lambda rng, x, y: x[::-1] if x.ndim else x,
    lambda rng, x, y: x[..., :1] if x.ndim else x,
    lambda rng, x, y: jnp.concatenate([x, x], 0) if x.ndim and x.size < 99 else x,
    lambda rng, x, y: jnp.full(x.shape, 2, np.int32),
    lambda rng, x, y: lax.broadcasted_iota(np.int32, x.shape, 0) if x.ndim else x,
    lambda rng, x, y: jnp.cumsum(x, 0) if x.ndim else x,
    lambda rng, x, y: jnp.sort(x, 0) if x.ndim else x,
    lambda rng, x, y: x.astype(np.int8).astype(np.int32),
    lambda rng, x, y: lax.cond(x.min() > 0, lambda v: (v, v + 1), lambda v: (v * 2, v), x)[1],
    lambda rng, x, y: jax.jit(lambda v: (v, v))(x)[0],
    lambda rng, x, y: lax.scan(lambda c, r: (c + 1, r * c), 1, x)[1] if x.ndim else x,
]


@pytest.mark.parametrize("seed", range(60))
def test_random_program(check, seed):
    def program(*xs):
        rng, values = np.random.default_rng(seed), list(xs)
        for _ in range(12):
            x, y = (values[int(i)] for i in rng.integers(max(0, len(values) - 4), len(values), 2))
            values.append(STEPS[int(rng.integers(len(STEPS)))](rng, x, y).astype(np.int32))
        return values

    rng = np.random.default_rng(seed + 1)
    operands = [rng.integers(-9, 9, rng.integers(1, 4, rank)).astype(np.int32) for rank in (0, 2, 3)]
    check(program, *operands)


# --- Promises -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("compiles")
@pytest.mark.parametrize(
    "function",
    [
        jnp.linalg.cholesky,
        lambda x: jnp.linalg.solve(x, x[0]),
        lambda x: lax.reduce(x, np.float32(1), lambda a, b: a * b + 1, (1,)),
        lambda x: lax.reduce_window(x, np.float32(1), lax.mul, (2, 2), (1, 1), "VALID"),
        lambda x: jax.pure_callback(lambda y: np.asarray(y) * 2, jax.ShapeDtypeStruct((3, 3), np.float32), x),
        lambda x: x.at[0].apply(jnp.sin),
        lambda x: jax.random.gamma(jax.random.key(1), x),
        lambda x: jnp.sum(jnp.linalg.qr(x)[1] ** 2),
        lambda x: x.astype(jnp.float8_e4m3fn).astype(np.float32),
    ],
)
def test_what_the_table_does_not_know_is_compiled(check, function):
    check(function, np.eye(3, dtype=np.float32) + 1, tolerance=1e-5)


def test_is_known(traced):
    known = traced(lambda x: jax.nn.softmax(jnp.broadcast_to(x, (2, 3))), np.ones(3))
    assert all(is_known(equation.primitive) for equation in known.eqns)
    assert is_known(traced(jax.jit(jnp.sin), 1.0).eqns[0].primitive)
    assert not is_known(lax.linalg.cholesky_p)


def test_dead_equations_are_dropped(check):
    def function(x):
        jnp.linalg.cholesky(x)  # would be compiled, which this file's fixture refuses
        return x + 1

    check(function, np.eye(2))


@pytest.mark.usefixtures("compiles")
def test_effects_are_kept(traced, capfd):
    numpy_program(traced(lambda x: jax.debug.print("seen {}", x), np.float32(3)))(np.float32(3))
    jax.effects_barrier()
    assert "seen 3.0" in capfd.readouterr().out


def test_no_warning_leaves_a_program(traced):
    x = np.array([0.0, -1.0, np.inf, np.nan, 3e38], np.float32)
    i = np.array([0, -1, 2**31 - 1, -(2**31), 5], np.int32)

    def function(x, i):
        floats = x / 0, jnp.log(x), x * x, x - x[2], jnp.sqrt(x), x.astype(np.int8), x @ x, x**0.5, jnp.exp(x)
        ints = i * i, lax.div(i, i[0]), lax.rem(i, i[1]), i[3] - 1, jnp.abs(i), x.astype(np.float16)
        return floats, ints, lax.div(i[3], i[1]), jnp.arctanh(x * 2), jnp.prod(i), x < jnp.nan

    program = numpy_program(traced(function, x, i))
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        program(x, i)
        assert np.geterr()["over"] == "raise"


def test_programs_run_in_threads(traced):
    program, results = numpy_program(traced(lambda x: 1 / x, np.float32(0))), []
    threads = [threading.Thread(target=lambda: results.append(program(np.float32(0))[0])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(np.isinf(result) for result in results)


def test_a_program_may_run_inside_another(traced):
    inner = numpy_program(traced(lambda x: 1 / x, np.float32(0)))
    outer = quietly(lambda x: inner(x))
    assert np.isinf(outer(np.float32(0))[0])


def test_an_error_inside_a_program_is_raised():
    def fail(x):
        raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        quietly(fail)(1)


def test_results_own_their_memory(traced):
    x, constant = np.ones((2, 3), np.float32), np.ones((2, 3), np.float32)
    functions = [lambda x: (x, x), lambda x: (x.T, x[0]), lambda x: (x + 1, (x + 1).T, constant, constant.T)]
    functions += [lambda x: (lax.complex(x, x).real, lax.imag(lax.complex(x, x)))]
    functions += [lambda x: lax.cond(True, lambda y: (y, y), lambda y: (y * 2, y), x)]
    functions += [lambda x: lax.cond(x.sum() > 0, lambda: jnp.arange(6.0), lambda: jnp.zeros(6))]
    functions += [lambda x: lax.while_loop(lambda s: s[1].sum() < 0, lambda s: s, (x, x))]
    for function in functions:
        program = numpy_program(traced(function, x))
        first = program(x)
        memory = [*first, x]
        assert not any(np.shares_memory(a, b) for i, a in enumerate(memory) for b in memory[:i])
        expected = [np.array(a) for a in first]
        for array in first:
            array[...] = 7
        for a, b in zip(program(x), expected, strict=True):
            np.testing.assert_array_equal(a, b)


def test_strided_operands(check):
    x = np.arange(24, dtype=np.float32).reshape(4, 6)[::-2, ::3]
    check(lambda x: (x @ x.T, x.reshape(-1), lax.bitcast_convert_type(x, np.uint8), x.sum(0)), x)
    key = np.array([[1, 2], [3, 4]], np.uint32).T[0]
    check(lambda k: jax.random.bits(k, (2,)), key)
