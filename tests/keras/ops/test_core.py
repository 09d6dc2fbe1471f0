"""What tensors are, control flow in graphs and functions, gradients through keras.ops, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
from hornbeam import keras
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.keras import dtypes, ops
from hornbeam.keras.config.settings import set_floatx

# Tensors ------------------------------------------------------------------------------------------------


def test_dtypes_are_said_as_strings() -> None:
    assert ops.dtype(np.int8([1])) == "int8"
    assert ops.dtype(2.0) == "float32"
    assert ops.dtype(ops.ones(2, "bfloat16")) == "bfloat16"
    assert ops.dtype(keras.Input((2,), dtype="int32")) == "int32"


def test_tensors_and_variables_are_tensors() -> None:
    assert ops.is_tensor(ops.ones(2))
    assert ops.is_tensor(keras.Variable([1.0]))
    assert not ops.is_tensor(np.ones(2))
    assert not ops.is_tensor(keras.Input((2,)))


def test_values_become_arrays() -> None:
    assert isinstance(ops.convert_to_numpy(ops.ones(2)), np.ndarray)
    assert ops.convert_to_numpy(keras.Variable([1.0, 2.0])).tolist() == [1, 2]


def test_empty_tensors_have_shape_and_dtype() -> None:
    assert ops.empty((2, 3), "int8").shape == (2, 3)
    assert ops.empty_like(np.int8([1])).dtype == "int8"


def test_python_floats_take_floatx() -> None:
    set_floatx("float16")
    try:
        assert ops.convert_to_tensor([1.5, 2.0]).dtype == "float16"
        assert ops.zeros(2).dtype == "float16"
        assert ops.add(1.5, 2).dtype == "float16"
    finally:
        set_floatx("float32")


def test_numpy_scalars_of_64_bits_are_weak_as_pythons_are() -> None:
    x = np.float32([1, 2])
    assert ops.multiply(x, np.sqrt(2.0)).dtype == "float32"
    assert ops.multiply(x, np.int64(2)).dtype == "float32"
    assert ops.add(np.float64([1.0]), x).dtype == "float64"


def test_ops_take_lists_that_hold_tensors() -> None:
    x = ops.convert_to_tensor(2.0)
    np.testing.assert_array_equal(ops.sum([x, 1.0, x]), 5)
    np.testing.assert_array_equal(ops.stack([x, 1]), [2, 1])
    assert ops.convert_to_tensor([x, 1]).dtype == "float32"


def test_shapes_of_unknown_size_are_scalars() -> None:
    @hb.function(input_signature=[hb.TensorSpec([None, 3])])
    def halved(x: Any) -> Any:
        batch, width = ops.shape(x)
        assert width == 3
        return ops.reshape(x, (batch * width,)), ops.zeros((batch, 2))

    flat, zeros = halved(np.ones((4, 3), np.float32))
    assert flat.shape == (12,)
    assert zeros.shape == (4, 2)


# Promotion ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "found"), [
    (("int8", "uint8"), "int16"), (("int32", "uint32"), "int64"), (("uint64", "int8"), "float32"),
    (("bfloat16", "float16"), "float32"), (("int64", "float16"), "float16"), (("bool", "uint8"), "uint8"),
    ((int,), "int32"), ((float,), "float32"), (("int8", int), "int8"), (("int8", float), "float32"),
    (("bfloat16", float), "bfloat16"), (("complex64", "float64"), "complex128"), (("bool", int), "int32"),
    ((), "float32"), ((None, "int32"), "float32"), (("float8_e4m3fn", "float8_e4m3fn"), "float8_e4m3fn")])
def test_result_types(given: Any, found: str) -> None:
    assert dtypes.result_type(*given) == found
    assert dtypes.result_type(*reversed(given)) == found


def test_what_is_no_dtype_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid dtype"):
        dtypes.standardize_dtype("float12")
    with pytest.raises(ValueError, match="float8"):
        dtypes.result_type("float8_e4m3fn", "float32")


def test_dtypes_are_known_in_every_spelling() -> None:
    for spelling in ("int32", np.int32, np.dtype("int32"), hb.int32, int):
        assert dtypes.standardize_dtype(spelling) == "int32"
    assert dtypes.is_float_dtype("bfloat16")
    assert not dtypes.is_float_dtype("int32")
    assert dtypes.is_int_dtype("uint8")


# Control flow -------------------------------------------------------------------------------------------


def in_function(f: Any) -> Any:
    """`f` as it is and as a compiled function."""
    return [f, hb.function(f)]


@pytest.mark.parametrize("cumulative", in_function(lambda x: ops.scan(lambda c, a: (c + a, c + a), ops.zeros(()), x)))
def test_scan_and_its_gradient(cumulative: Any) -> None:
    x = hb.constant([1.0, 2.0, 3.0])
    with hb.GradientTape() as tape:
        tape.watch(x)
        last, every = cumulative(x)
        total = ops.sum(every)
    assert float(last) == 6
    np.testing.assert_array_equal(every, [1, 3, 6])
    np.testing.assert_array_equal(tape.gradient(total, x), [3, 2, 1])


@pytest.mark.parametrize("function", in_function(
    lambda n: ops.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s * 2), (0, 1.0))))
def test_loops_run_as_often_as_values_say(function: Any) -> None:
    count, doubled = function(hb.constant(5))
    assert int(count) == 5
    assert float(doubled) == 32


@pytest.mark.parametrize("function", in_function(lambda flag, x: ops.cond(flag, lambda: x + 1, lambda: x * 2)))
def test_branches_follow_values(function: Any) -> None:
    assert float(function(hb.constant(True), hb.constant(5.0))) == 6
    assert float(function(hb.constant(False), hb.constant(5.0))) == 10


@pytest.mark.parametrize("function", in_function(
    lambda i, x: ops.switch(i, [lambda a: a, ops.square, ops.negative], x)))
def test_switch_takes_the_nearest_branch(function: Any) -> None:
    assert [float(function(hb.constant(i), hb.constant(3.0))) for i in (-1, 0, 1, 2, 9)] == [3, 3, 9, -3, -3]


def test_scans_of_nothing_have_results_of_no_rows() -> None:
    carry, rows = ops.scan(lambda c, a: (c + 1, a * 2), 0, np.zeros((0, 3), np.float32))
    assert int(carry) == 0
    assert rows.shape == (0, 3)


def test_maps_of_structures() -> None:
    made = ops.map(lambda e: {"sum": e["a"] + e["b"]}, {"a": np.arange(3.0), "b": np.ones(3)})
    np.testing.assert_array_equal(made["sum"], [1, 2, 3])


def test_custom_gradients_hold() -> None:
    @ops.custom_gradient
    def clipped(x: Any) -> Any:
        return ops.exp(x), lambda upstream: upstream * 0.5

    x = hb.constant([1.0, 2.0])
    with hb.GradientTape() as tape:
        tape.watch(x)
        y = clipped(x)
    np.testing.assert_array_equal(tape.gradient(y, x), [0.5, 0.5])


def test_stop_gradient_stops_it() -> None:
    x = hb.constant(3.0)
    with hb.GradientTape() as tape:
        tape.watch(x)
        y = x * ops.stop_gradient(x)
    assert float(tape.gradient(y, x)) == 3


# Gradients ----------------------------------------------------------------------------------------------

SMOOTH = {
    "attention": lambda x: ops.dot_product_attention(*(ops.reshape(x, (1, 3, 2, 4)),) * 3, is_causal=True),
    "batch_normalization": lambda x: ops.batch_normalization(x, np.ones(4, np.float64), 2 * np.ones(4), -1),
    "conv": lambda x: ops.conv(ops.reshape(x, (1, 6, 4)), np.ones((2, 4, 2)), 1, "same"),
    "conv_transpose": lambda x: ops.conv_transpose(ops.reshape(x, (1, 6, 4)), np.ones((3, 2, 4)), 2, "same"),
    "crossentropy": lambda x: ops.categorical_crossentropy(ops.softmax(x * 2), ops.softmax(x)),
    "sparse_crossentropy": lambda x: ops.sparse_categorical_crossentropy([0, 3, 1, 2, 2, 0], x, from_logits=True),
    "ctc_loss": lambda x: ops.ctc_loss([[1, 2]], ops.reshape(x, (1, 6, 4)), [2], [6]),
    "einsum": lambda x: ops.einsum("ij,kj->ik", x, x),
    "extract_patches": lambda x: ops.image.extract_patches(ops.reshape(x, (1, 4, 6, 1)), 2),
    "fold": lambda x: ops.fold(ops.reshape(x, (1, 4, 6)), (3, 4), 2),
    "layer_normalization": lambda x: ops.layer_normalization(x, np.arange(4.0), np.ones(4)),
    "logsumexp": lambda x: ops.logsumexp(x, axis=1),
    "norm": lambda x: ops.norm(x, ord=3, axis=1),
    "power": lambda x: ops.power(ops.abs(x) + 1, 2.5),
    "rearrange": lambda x: ops.rearrange(x, "(a b) c -> c b a", a=2) * ops.arange(2, dtype="float64"),
    "resize": lambda x: ops.image.resize(ops.reshape(x, (1, 4, 6, 1)), (3, 8)),
    "scatter_update": lambda x: ops.scatter_update(x, [[0, 1], [2, 3]], [x[0, 0], x[1, 1]]),
    "segment_sum": lambda x: ops.segment_sum(x, [0, 1, 0, 2, 2, 1], 3),
    "std": lambda x: ops.std(x, axis=0),
    "stft": lambda x: ops.stft(ops.reshape(x, (24,)), 6, 3, 8)[0],
    "take": lambda x: ops.take(x, [0, -1, 0], axis=0),
    "var": lambda x: ops.var(x),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients_are_those_of_differences(name: str) -> None:
    x = np.random.default_rng(0).normal(size=(6, 4))
    weights = np.random.default_rng(1).normal(size=ops.shape(SMOOTH[name](x)))

    def value(at: Any) -> Any:
        return ops.sum(SMOOTH[name](at) * weights)

    with hb.GradientTape() as tape:
        point = hb.constant(x)
        tape.watch(point)
        total = value(point)
    found = np.asarray(hb.convert_to_tensor(tape.gradient(total, point)))
    for i in [(0, 0), (2, 1), (5, 3)]:
        step = np.zeros_like(x)
        step[i] = size = 1e-2 if name == "attention" else 1e-5  # whose softmax is of float32
        expected = (float(value(x + step)) - float(value(x - step))) / (2 * size)
        assert abs(found[i] - expected) < 1e-4 * max(1, abs(expected)), (name, i)


# What is refused ----------------------------------------------------------------------------------------

Z = np.zeros((2, 3), np.float32)
REFUSED: list[tuple[Any, type[Exception], str]] = [
    (lambda: ops.concatenate([Z, np.zeros((3, 3))], axis=1), InvalidArgumentError, "Dimension"),
    (lambda: ops.sum(Z, axis=2), ValueError, "out of bounds"),
    (lambda: ops.squeeze(Z, 0), ValueError, "Cannot squeeze axis=0"),
    (lambda: ops.split(Z, 2, axis=1), ValueError, "must be dividable"),
    (lambda: ops.searchsorted(Z, 1), ValueError, "only supports 1-D sorted sequences"),
    (lambda: ops.pad(Z, 1, "reflect", 2), ValueError, "`constant_values` can only be"),
    (lambda: ops.where(Z > 0, Z), ValueError, "`x1` and `x2` either both"),
    (lambda: ops.take(Z, [5], axis=0), InvalidArgumentError, "is not in"),
    (lambda: ops.one_hot([1], 2, sparse=True), ValueError, "sparse=True"),
    (lambda: ops.conv(Z[None], np.zeros((2, 2, 4))), ValueError, "evenly divisible by kernel"),
    (lambda: ops.conv(np.zeros((1, 2, 3)), np.zeros((4, 3, 1))), ValueError, "resulted in an empty output"),
    (lambda: ops.max_pool(Z[None], 2, padding="full"), ValueError, "Invalid padding"),
    (lambda: ops.categorical_crossentropy(Z, Z[:1]), ValueError, "must have the same shape"),
    (lambda: ops.sparse_categorical_crossentropy([1, 2, 3], Z), ValueError, "up until the last dimension: "),
    (lambda: ops.sparse_categorical_crossentropy([1, 3], Z), InvalidArgumentError, "label value of 3|is not in"),
    (lambda: ops.normalize(Z, order=0), ValueError, "`order` must be an int >= 1"),
    (lambda: ops.dot_product_attention(Z, Z, Z), ValueError, "only supports 4D inputs"),
    (lambda: ops.cholesky(-np.eye(2, dtype=np.float32)), ValueError, "positive definite"),
    (lambda: ops.qr(Z, mode="raw"), ValueError, "`mode` argument value not supported"),
    (lambda: ops.norm(Z, ord="inf"), ValueError, "Invalid `ord`"),
    (lambda: ops.scan(3, 0, Z), TypeError, "`f` should be a callable"),
    (lambda: ops.scan(lambda c, _: (c, c), 0), ValueError, "`length` not provided"),
    (lambda: ops.scatter_update(Z, [[0, 0]], [1.0], "mean"), ValueError, "Unsupported reduction"),
    (lambda: ops.ctc_decode(np.zeros((1, 2, 3)), [2], strategy="best"), ValueError, "Invalid strategy"),
    (lambda: ops.rearrange(Z, "a b c -> a"), ValueError, "dimensions on the left"),
    (lambda: ops.rearrange(Z, "a (b c) -> a b c"), ValueError, "give all but one"),
    (lambda: ops.ldexp(Z, Z), TypeError, "must be an integer type"),
    (lambda: ops.image.resize(Z, (2, 2)), ValueError, "Invalid images rank"),
    (lambda: ops.image.resize(Z[None], (0, 2)), ValueError, "positive height and width"),
    (lambda: ops.image.crop_images(Z[None], 1, 1, 1), ValueError, "exactly two"),
    (lambda: ops.stft(np.int32([1, 2]), 2, 1, 2), TypeError, "Expected `float32` or `float64`"),
    (lambda: ops.fft(Z), ValueError, "tuple of two tensors"),
    (lambda: ops.view_as_complex(Z), ValueError, "must be size 2"),
    (lambda: ops.meshgrid([1], [2], indexing="ab"), ValueError, "Valid values for indexing"),
    (lambda: ops.convert_to_tensor([1], sparse=True), ValueError, "Only dense tensors"),
    (lambda: ops.max(np.zeros((0,), np.float32)), ValueError, "zero-size array"),
    (lambda: ops.vectorize(lambda a: a, signature="n->n")([1]), ValueError, "not a valid gufunc signature"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_does_not_fit_is_refused(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_arrays_of_tensors_may_be_written_to():
    array = ops.convert_to_numpy(ops.ones(3))
    array[0] = 2.0
    assert array.tolist() == [2.0, 1.0, 1.0]


def test_an_inverse_transform_without_a_window_adds_frames_as_they_are():
    x = np.random.default_rng(0).random(64).astype("float32")
    back = ops.istft(ops.stft(x, 16, 4, 16, window=None), 16, 4, 16, length=64, window=None)
    np.testing.assert_allclose(back, 4 * x, rtol=1e-4)


@keras.saving.register_keras_serializable("tests")
def doubled(x: Any) -> Any:
    return x + x


def test_functions_that_ops_take_are_kept_in_configurations() -> None:
    x = keras.Input((10,))
    model = keras.Model(x, ops.vectorized_map(doubled, x))
    again = keras.Model.from_config(model.get_config())
    np.testing.assert_array_equal(again(np.ones((5, 10))), 2 * np.ones((5, 10)))


def test_a_block_has_as_many_dimensions_as_what_it_is_cut_from() -> None:
    with pytest.raises(ValueError, match=r"in `start_indices` must match .* in `inputs`"):
        ops.slice(np.ones((3, 3)), (1, 1, 1), (2, 2))
    with pytest.raises(ValueError, match=r"in `inputs` must match .* in `shape`"):
        ops.slice(np.ones((3, 3)), (1, 1), (2, 2, 2))


def test_triangles_of_a_diagonal_that_a_run_tells() -> None:
    x = np.arange(24).reshape(1, 2, 3, 4)
    both = hb.function(lambda x, k: (ops.tril(x, k), ops.triu(x, k)))
    for k in (-1, 0, 2):
        lower, upper = both(hb.constant(x), hb.constant(k))
        np.testing.assert_array_equal(lower, np.tril(x, k))
        np.testing.assert_array_equal(upper, np.triu(x, k))


def test_a_known_count_of_repetitions_is_python_s() -> None:
    assert int(ops.fori_loop(0, 10, lambda i, x: x + i, np.array(0))) == 45


def test_cumulative_sums_along_axes_and_differences_of_nothing() -> None:
    x = np.array([[1, np.nan], [2, 3]])
    np.testing.assert_array_equal(ops.nancumsum(x, axis=(1,)), np.nancumsum(x, axis=1))
    assert ops.diff(np.ones((2, 3)), n=5).shape == (2, 0)
    np.testing.assert_allclose(ops.linspace(0, 10, hb.constant(5)), np.linspace(0, 10, 5))
