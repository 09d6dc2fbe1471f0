"""Linear operators: every kind against its dense matrix, combinations against what TensorFlow 2.21 returns."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

L = hb.linalg
GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "linear_operator_combinations.json").read_text())


def real(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape) + len(shape)).normal(size=shape).astype(np.float32)


def wide(*shape: int) -> np.ndarray:
    rng = np.random.default_rng(sum(shape))
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)


def apart(x: np.ndarray) -> np.ndarray:
    """A matrix far from singular."""
    return x + 4 * np.eye(x.shape[-1], dtype=x.dtype)


def kinds(c: Any = hb.constant) -> dict[str, Any]:
    """One operator [..., 4, 4] of each kind; `c` makes tensors of arrays."""
    full = L.LinearOperatorFullMatrix
    diag = np.array([1.5, 0.5, 2, 1], np.float32)
    shift = np.array([[0], [5], [0]], np.float32)
    return {
        "full": full(c(apart(real(4, 4)))), "fullb": full(c(apart(real(2, 4, 4)))),
        "diag": L.LinearOperatorDiag(c(diag), is_positive_definite=True), "cdiag": L.LinearOperatorDiag(c(wide(2, 4))),
        "id": L.LinearOperatorIdentity(4), "sid": L.LinearOperatorScaledIdentity(4, c(np.float32(2.5))),
        "zeros": L.LinearOperatorZeros(4), "tril": L.LinearOperatorLowerTriangular(c(apart(real(4, 4)))),
        "ctril": L.LinearOperatorLowerTriangular(c(apart(wide(2, 4, 4)))),
        "tri": L.LinearOperatorTridiag(c(real(3, 4) + shift)),
        "toep": L.LinearOperatorToeplitz(c(np.array([5, 1, 2, 3.], np.float32)),
                                         c(np.array([5, -1, -2, 0.5], np.float32))),
        "circ": L.LinearOperatorCirculant(c(wide(4))), "circ2": L.LinearOperatorCirculant2D(c(wide(2, 2))),
        "circ3": L.LinearOperatorCirculant3D(c(wide(2, 2, 1, 2))),
        "fcirc": L.LinearOperatorCirculant(c(np.array([4, 1, 2, 1.], np.float32)), input_output_dtype=hb.float32,
                                           is_positive_definite=True),
        "hh": L.LinearOperatorHouseholder(c(real(2, 4))),
        "perm": L.LinearOperatorPermutation(c(np.array([2, 0, 3, 1]))),
        "kron": L.LinearOperatorKronecker([full(c(apart(real(2, 2, 2)))), L.LinearOperatorDiag(c(diag[:2]))]),
        "bd": L.LinearOperatorBlockDiag([full(c(apart(real(2, 2, 2)))), L.LinearOperatorDiag(c(diag[:2]))]),
        "blt": L.LinearOperatorBlockLowerTriangular([
            [full(c(apart(real(1, 1))))], [full(c(real(1, 1))), L.LinearOperatorDiag(c(diag[:1]))],
            [full(c(real(2, 1))), full(c(real(2, 1))), full(c(apart(real(2, 2, 2))))]]),
        "lr": L.LinearOperatorLowRankUpdate(L.LinearOperatorDiag(c(diag), is_positive_definite=True), c(real(4, 2)),
                                            c(diag[:2]), is_diag_update_positive=True),
        "comp": L.LinearOperatorComposition([full(c(apart(real(4, 4)))), L.LinearOperatorDiag(c(diag))]),
        "adj": L.LinearOperatorAdjoint(full(c(apart(wide(4, 4))))), "inv": L.LinearOperatorInversion(
            full(c(apart(real(4, 4))))),
    }


OPERATORS = kinds()
NAMES = sorted(OPERATORS)


def turned(x: np.ndarray) -> np.ndarray:
    return np.conj(np.swapaxes(x, -1, -2))


def close(found: Any, wanted: Any) -> None:
    np.testing.assert_allclose(found.numpy(), wanted, rtol=2e-4, atol=2e-4)


def argument(operator: Any, *shape: int) -> np.ndarray:
    return wide(*shape) if operator.dtype.is_complex else real(*shape)


@pytest.mark.parametrize("name", NAMES)
def test_products_are_those_of_the_dense_matrix(name: str) -> None:
    operator = OPERATORS[name]
    dense = operator.to_dense().numpy()
    x = argument(operator, 4, 3)
    close(operator.matmul(x), dense @ x)
    close(operator.matmul(x, adjoint=True), turned(dense) @ x)
    close(operator.matmul(turned(x), adjoint_arg=True), dense @ x)
    close(operator @ hb.constant(x), dense @ x)
    close(operator.matvec(x[:, 0]), (dense @ x[:, :1])[..., 0])
    close(operator.H.to_dense(), turned(dense))
    close(operator.add_to_tensor(np.broadcast_to(x[:, :1], dense.shape).copy()),
          dense + np.broadcast_to(x[:, :1], dense.shape))


@pytest.mark.parametrize("name", NAMES)
def test_elements_are_those_of_the_dense_matrix(name: str) -> None:
    operator = OPERATORS[name]
    dense = operator.to_dense().numpy()
    assert operator.shape.as_list() == list(dense.shape)
    assert operator.shape_tensor().numpy().tolist() == list(dense.shape)
    assert operator.batch_shape_tensor().numpy().tolist() == list(dense.shape[:-2])
    close(operator.diag_part(), np.diagonal(dense, axis1=-2, axis2=-1))
    close(operator.trace(), np.trace(dense, axis1=-2, axis2=-1))
    if operator.is_self_adjoint:
        found = np.sort(np.abs(operator.eigvals().numpy()), -1)
        np.testing.assert_allclose(found, np.sort(np.abs(np.linalg.eigvals(dense)), -1), rtol=1e-3, atol=1e-3)


QUICK = {"cdiag", "circ", "comp", "diag", "full", "hh", "id", "lr", "perm", "sid", "tril"}


def slowly(names: Any) -> list[Any]:
    """The names, those whose programs take long to compile marked."""
    return [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in names]


@pytest.mark.parametrize("name", slowly(n for n in NAMES if n != "zeros"))
def test_solutions_and_determinants(name: str) -> None:
    operator = OPERATORS[name]
    dense = operator.to_dense().numpy()
    x = argument(operator, 4, 3)
    close(operator.solve(x), np.linalg.solve(dense, x))
    close(operator.solve(x, adjoint=True), np.linalg.solve(turned(dense), x))
    close(operator.solve(turned(x), adjoint_arg=True), np.linalg.solve(dense, x))
    close(operator.solvevec(x[:, 0]), np.linalg.solve(dense, x[:, :1])[..., 0])
    np.testing.assert_allclose(operator.determinant().numpy(), np.linalg.det(dense), rtol=1e-3)
    close(operator.log_abs_determinant(), np.log(np.abs(np.linalg.det(dense))))
    close(operator.inverse().to_dense(), np.linalg.inv(dense))
    np.testing.assert_allclose(operator.cond().numpy(), np.linalg.cond(dense), rtol=2e-3)


@pytest.mark.parametrize("name", ["diag", "lr", "fcirc"])
def test_cholesky_factors(name: str) -> None:
    factor = OPERATORS[name].cholesky()
    close(factor.matmul(factor.to_dense(), adjoint_arg=True), OPERATORS[name].to_dense().numpy())


def described(operator: Any) -> str:
    hints = (operator.is_non_singular, operator.is_self_adjoint, operator.is_positive_definite, operator.is_square)
    return type(operator).__name__.removeprefix("LinearOperator") + " " + "".join(
        "-" if h is None else str(int(h)) for h in hints)


@pytest.mark.parametrize("pair", [p if {*re.split("[@/]", p)} < QUICK else pytest.param(p, marks=pytest.mark.slow)
                                  for p in sorted(GOLDEN)])
def test_two_operators_give_what_tensorflow_gives(pair: str) -> None:
    found = re.match(r"(\w+)([@/])(\w+)", pair)
    assert found is not None
    a, b = OPERATORS[found[1]], OPERATORS[found[3]]
    combined = a @ b if found[2] == "@" else a.solve(b)
    wanted = GOLDEN[pair].replace("_Base", "").replace("_Circulant", "Circulant")
    if "Circulant" in wanted:  # TensorFlow's depth is an attribute where ours is a class
        assert described(combined)[-4:] == wanted[-4:]
        assert type(combined) in (type(a), type(b))
    else:
        assert described(combined) == wanted
    dense, other = a.to_dense().numpy(), b.to_dense().numpy()
    product = dense @ other if found[2] == "@" else np.linalg.solve(dense, other)
    close(hb.broadcast_to(combined.to_dense(), product.shape), product)


@pytest.mark.parametrize("name", slowly(["full", "diag", "tril", "toep", "fcirc", "hh", "kron", "bd", "blt", "lr",
                                         "comp"]))
def test_graphs_with_unknown_sizes(name: str) -> None:
    """What the eager operator gives, where no size is known until the run; and gradients reach the parameters."""
    with tf.Graph().as_default(), tf.Session() as session:
        held: list[Any] = []

        def unknown(x: np.ndarray) -> Any:
            held.append(tf.placeholder_with_default(tf.constant(x), [None] * x.ndim))
            return held[-1]

        operator = kinds(unknown)[name]
        x = tf.placeholder_with_default(tf.constant(real(4, 3)), [None, None])
        solution = operator.solve(x)
        own = [t for t in held if t.op in _ancestors(operator.to_dense())]
        grads = tf.gradients(tf.reduce_sum(solution), own)
        found = session.run([operator.to_dense(), operator.matmul(x), solution, operator.shape_tensor(), grads])
    eager = OPERATORS[name]
    np.testing.assert_allclose(found[0], eager.to_dense().numpy(), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found[1], eager.matmul(real(4, 3)).numpy(), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found[2], eager.solve(real(4, 3)).numpy(), rtol=1e-4, atol=1e-4)
    assert found[3].tolist() == eager.shape.as_list()
    assert all(np.isfinite(g).all() and np.abs(g).max() > 0 for g in found[4])


def _ancestors(tensor: Any) -> set[Any]:
    seen, waiting = set(), [tensor.op]
    while waiting:
        operation = waiting.pop()
        if operation not in seen:
            seen.add(operation)
            waiting.extend(t.op for t in operation.inputs)
    return seen


def test_blocks_take_and_give_lists_of_blocks() -> None:
    for name in ("bd", "blt"):
        operator = OPERATORS[name]
        sizes = [o.range_dimension.value for o in operator._diagonal]
        x = real(4, 3)
        blocks = np.split(x, np.cumsum(sizes)[:-1])
        parts = operator.matmul([hb.constant(b) for b in blocks])
        assert isinstance(parts, list)
        close(hb.concat([hb.broadcast_to(p, [2, *p.shape[-2:]]) for p in parts], -2), operator.matmul(x).numpy())
        solved = operator.solve([hb.constant(b) for b in blocks])
        close(hb.concat([hb.broadcast_to(p, [2, *p.shape[-2:]]) for p in solved], -2), operator.solve(x).numpy())


def test_self_adjoint_operators_are_their_own_adjoints() -> None:
    diag = L.LinearOperatorDiag([1.0, 2.0])
    assert diag.adjoint() is diag
    full = L.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]])
    assert full.adjoint().adjoint() is full
    assert full.inverse().inverse() is full
    assert (full @ full.H).is_self_adjoint


def test_what_is_refused() -> None:
    full = L.LinearOperatorFullMatrix(real(3, 4))
    with pytest.raises(ValueError, match="Dimensions 4 and 3 are not compatible"):
        full.matmul(real(3, 2))
    with pytest.raises(TypeError, match="Expected argument to have dtype"):
        full.matmul(real(4, 2).astype(np.float64))
    with pytest.raises(NotImplementedError, match="not be square"):
        full.solve(real(3, 2))
    with pytest.raises(ValueError, match="non square"):
        full.inverse()
    with pytest.raises(ValueError, match="real diagonal operator is always self adjoint"):
        L.LinearOperatorDiag([1.0], is_self_adjoint=False)
    with pytest.raises(ValueError, match="positive definite matrix is always non-singular"):
        L.LinearOperatorFullMatrix(real(2, 2), is_positive_definite=True, is_non_singular=False)
    with pytest.raises(ValueError, match="Not a positive definite self adjoint matrix"):
        full.cholesky()
    with pytest.raises(NotImplementedError, match="Only self-adjoint matrices are supported"):
        full.eigvals()
    with pytest.raises(ValueError, match="unique integers from 0 to 2"):
        L.LinearOperatorPermutation([0, 0, 2])
    with pytest.raises(hb.errors.InvalidArgumentError, match="Diagonal contained zero values"):
        L.LinearOperatorDiag([1.0, 0.0]).assert_non_singular()
    with pytest.raises(hb.errors.InvalidArgumentError, match="not positive definite"):
        L.LinearOperatorDiag([1.0, -1.0]).assert_positive_definite()
    with pytest.raises(ValueError, match="must contain `2` blocks"):
        L.LinearOperatorBlockLowerTriangular([[full], [full]])


def test_an_operator_of_ones_own() -> None:
    class Twice(L.LinearOperator):
        def __init__(self, size: int) -> None:
            self._size_of = size
            super().__init__(dtype=hb.float32, is_self_adjoint=True, is_positive_definite=True,
                             parameters={"size": size})

        def _shape(self) -> Any:
            return hb.TensorShape([self._size_of, self._size_of])

        def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
            return 2.0 * (hb.linalg.adjoint(x) if adjoint_arg else x)

    operator = Twice(3)
    close(operator.to_dense(), 2 * np.eye(3))
    close(operator.solvevec([2.0, 4.0, 6.0]), [1, 2, 3])
    close(operator.determinant(), 8.0)
    assert operator.parameters == {"size": 3}


def test_variables_are_followed() -> None:
    diag = hb.Variable([1.0, 2.0])
    operator = L.LinearOperatorDiag(diag)
    assert [v is diag for v in operator.variables] == [True]
    with hb.GradientTape() as tape:
        value = operator.log_abs_determinant()
    close(tape.gradient(value, diag), [1.0, 0.5])
    diag.assign([3.0, 4.0])
    close(operator.trace(), 7.0)


def test_the_first_generation_builds_in_the_default_graph() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        operator = tf.linalg.LinearOperatorDiag([1.0, 2.0])
        assert isinstance(operator, tf.linalg.LinearOperatorDiag)
        assert isinstance(operator, hb.linalg.LinearOperator)
        assert session.run(operator.matvec([1.0, 1.0])).tolist() == [1, 2]
        assert session.run(tf.linalg.LinearOperatorIdentity(2).to_dense()).tolist() == [[1, 0], [0, 1]]
