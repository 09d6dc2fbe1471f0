"""Gradients of complex functions against differences, where TensorFlow's own rules differ from both.

For a real L, the gradient g says how L changes: dL = Re(Σ conj(g) · dz), as in TensorFlow's product and exponential.
"""

import numpy as np
import pytest

import hornbeam as tf

RNG = np.random.default_rng(0)
R = tf.raw_ops


def draw(*shape):
    return RNG.normal(size=shape) + 1j * RNG.normal(size=shape)


DIAGONALS = draw(3, 4)
DIAGONALS[1] += 4
MATRIX = draw(3, 3) + 3 * np.eye(3)

CASES = {
    "TridiagonalSolve": (lambda d, r: R.TridiagonalSolve(diagonals=d, rhs=r, partial_pivoting=True),
                         [DIAGONALS, draw(4, 2)]),
    "MatrixDeterminant": (lambda a: R.MatrixDeterminant(input=a), [MATRIX]),
    "LogMatrixDeterminant": (lambda a: R.LogMatrixDeterminant(input=a)[1], [MATRIX]),
    "LogMatrixDeterminant: sign": (lambda a: R.LogMatrixDeterminant(input=a)[0], [MATRIX]),
    "MatrixSquareRoot": (lambda a: R.MatrixSquareRoot(input=a), [MATRIX]),
    "Cumprod": (lambda a: R.Cumprod(x=a, axis=0), [draw(4)]),
    "SegmentProd": (lambda a: R.SegmentProd(data=a, segment_ids=np.array([0, 0, 1, 1])), [draw(4)]),
    "UnsortedSegmentProd": (lambda a: R.UnsortedSegmentProd(data=a, segment_ids=np.array([0, 1, 0, 1]), num_segments=2),
                            [draw(4)]),
    "Sign": (lambda a: R.Sign(x=a), [draw(3)]),
    "Mul": (lambda a, b: R.Mul(x=a, y=b), [draw(3), draw(3)]),
    "Exp": (lambda a: R.Exp(x=a), [draw(3)]),
}


@pytest.mark.parametrize("name", CASES)
def test_gradient(name):
    function, inputs = CASES[name]
    with tf.GradientTape() as tape:
        variables = [tf.constant(x) for x in inputs]
        tape.watch(variables)
        y = function(*variables)
    dy = draw(*y.shape) if y.dtype.is_complex else RNG.normal(size=y.shape)
    found = tape.gradient(y, variables, output_gradients=tf.constant(dy, y.dtype))

    def change(k, direction):
        ahead, behind = ([x + sign * direction if i == k else x for i, x in enumerate(inputs)] for sign in (1, -1))
        values = [np.sum(np.real(np.conj(dy) * np.asarray(function(*map(tf.constant, xs))))) for xs in (ahead, behind)]
        return (values[0] - values[1]) / 2e-6

    for k, x in enumerate(inputs):
        expected = np.zeros(x.shape, complex)
        for place in np.ndindex(x.shape):
            step = np.zeros(x.shape, complex)
            step[place] = 1e-6
            expected[place] = change(k, step) + 1j * change(k, 1j * step)
        np.testing.assert_allclose(found[k], expected, rtol=1e-5, atol=1e-6)
