"""What TensorFlow's users expect of `tf.nn`: its numbers, its names, its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf


def run(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


@pytest.fixture(autouse=True)
def _fresh_graph() -> None:
    tf.reset_default_graph()


# Padding ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "window", "stride", "first"), [
    (5, 2, 2, [3, 7, 5]), (4, 3, 2, [6, 7]), (5, 3, 2, [3, 9, 9]), (6, 3, 4, [6, 11]), (3, 5, 1, [6, 6, 6])])
def test_same_padding_puts_the_odd_element_after(size: int, window: int, stride: int, first: list[float]) -> None:
    """The sums of windows over 1, 2, 3, …, as TensorFlow gives them."""
    x = np.arange(1, size + 1, dtype=np.float32).reshape(1, size, 1)
    y = hb.nn.conv1d(x, np.ones((window, 1, 1), np.float32), stride, "SAME")
    assert y.numpy().reshape(-1).tolist() == first


def test_channels_first_is_channels_last_transposed() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 7, 6, 4)), rng.normal(size=(3, 2, 2, 6))
    last = hb.nn.conv2d(x, w, [1, 2, 1, 1], "SAME").numpy()
    first = hb.nn.conv2d(x.transpose(0, 3, 1, 2), w, [1, 1, 2, 1], "SAME", data_format="NCHW").numpy()
    np.testing.assert_allclose(first.transpose(0, 2, 3, 1), last, rtol=1e-12)


def test_grouped_convolution_is_one_convolution_a_group() -> None:
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(2, 5, 5, 6)), rng.normal(size=(3, 3, 2, 9))
    whole = hb.nn.conv2d(x, w, 1, "VALID").numpy()
    parts = [hb.nn.conv2d(x[..., 2 * g:2 * g + 2], w[..., 3 * g:3 * g + 3], 1, "VALID").numpy() for g in range(3)]
    np.testing.assert_allclose(whole, np.concatenate(parts, -1), rtol=1e-12)


def test_depthwise_taps_and_grouped_convolution_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    from hornbeam.ops import depthwise

    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(2, 6, 7, 3)), rng.normal(size=(3, 2, 3, 2))
    taps = hb.nn.depthwise_conv2d(x, w, [1, 2, 2, 1], "SAME").numpy()
    depthwise.depthwise_conv2d_op.programs.clear()
    monkeypatch.setattr(depthwise, "_MANY_TAPS", 0)
    grouped = hb.nn.depthwise_conv2d(x, w, [1, 2, 2, 1], "SAME").numpy()
    depthwise.depthwise_conv2d_op.programs.clear()
    np.testing.assert_allclose(taps, grouped, rtol=1e-10)


def test_transposed_convolution_undoes_the_shape() -> None:
    x = tf.placeholder(tf.float32, [None, 3, 3, 2])
    y = tf.nn.conv2d_transpose(x, np.ones((3, 3, 4, 2), np.float32), tf.stack([tf.shape(x)[0], 6, 6, 4]), [1, 2, 2, 1])
    assert y.shape.as_list() == [None, 6, 6, 4]
    assert run(y, {x: np.ones((5, 3, 3, 2))}).shape == (5, 6, 6, 4)


def test_the_batch_stays_unknown_through_a_network() -> None:
    x = tf.placeholder(tf.float32, [None, 28, 28, 1])
    h = tf.nn.max_pool(tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, tf.zeros([5, 5, 1, 8]), [1, 1, 1, 1], "SAME"),
                                                 tf.zeros([8]))), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    assert h.shape.as_list() == [None, 14, 14, 8]
    assert h.op.name == "MaxPool"


# Pooling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ksize", "stride"), [(2, 2), (3, 2), (9, 1)])
def test_the_first_maximum_of_a_window_takes_the_gradient(ksize: int, stride: int) -> None:
    x = tf.placeholder(tf.float32, [1, 9, 9, 1])
    y = tf.nn.max_pool2d(x, ksize, stride, "VALID")
    found = run(tf.gradients(y, x)[0], {x: np.zeros((1, 9, 9, 1))})[0, :, :, 0]
    expected = np.zeros((9, 9))
    starts = range(0, 9 - ksize + 1, stride)
    for i in starts:
        for j in starts:
            expected[i, j] += 1
    np.testing.assert_array_equal(found, expected)


def test_average_pooling_does_not_count_padding() -> None:
    y = hb.nn.avg_pool2d(np.ones((1, 3, 3, 1), np.float32), 2, 2, "SAME").numpy()
    np.testing.assert_array_equal(y, np.ones((1, 2, 2, 1)))


def test_max_pool_with_argmax_counts_within_the_image_or_the_batch() -> None:
    x = np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2)
    assert hb.nn.max_pool_with_argmax(x, 2, 2, "VALID")[1].numpy().reshape(-1).tolist() == [6, 7, 6, 7]
    whole = hb.nn.max_pool_with_argmax(x, 2, 2, "VALID", include_batch_in_index=True)
    assert whole[1].numpy().reshape(-1).tolist() == [6, 7, 14, 15]


# Losses -----------------------------------------------------------------------------------------------


def test_cross_entropy_is_finite_for_large_logits() -> None:
    loss = hb.nn.softmax_cross_entropy_with_logits([[1.0, 0.0]], [[-1000.0, 1000.0]])
    assert loss.numpy().tolist() == [2000.0]


@pytest.mark.filterwarnings("ignore:gradient stops at StopGradient")
@pytest.mark.parametrize(("function", "flows"), [
    (lambda z, x: tf.nn.softmax_cross_entropy_with_logits(labels=z, logits=x), False),
    (lambda z, x: tf.nn.softmax_cross_entropy_with_logits_v2(labels=z, logits=x), True),
    (lambda z, x: hb.nn.softmax_cross_entropy_with_logits(z, x), True)])
def test_gradients_flow_to_labels_only_in_the_second_version(function: Callable[..., Any], flows: bool) -> None:
    labels, logits = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.float32, [2, 3])
    found = tf.gradients(function(labels, logits), [labels, logits])
    assert (found[0] is not None) == flows
    x = np.log(np.array([[1, 2, 5], [4, 4, 8]], np.float32))
    z = np.array([[0, 1, 0], [1, 0, 0]], np.float32)
    np.testing.assert_allclose(run(found[1], {labels: z, logits: x}),
                               [[0.125, -0.75, 0.625], [-0.75, 0.25, 0.5]], rtol=1e-6)


def test_a_label_that_is_no_class_is_refused() -> None:
    labels, logits = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.float32, [None, 3])
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    with pytest.raises(tf.errors.InvalidArgumentError,
                       match=r"Received a label value of 7 which is outside the valid range of \[0, 3\)"):
        run(loss, {labels: [0, 7], logits: np.zeros((2, 3))})


def test_sigmoid_cross_entropy_has_the_right_slope_at_zero() -> None:
    x = tf.constant([0.0])
    loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.constant([1.0]), logits=x)
    assert run(tf.gradients(loss, x)[0]).tolist() == [-0.5]


# Dropout ----------------------------------------------------------------------------------------------


def test_dropout_keeps_the_mean_and_draws_anew_each_run() -> None:
    keep = tf.placeholder(tf.float32)
    y = tf.nn.dropout(tf.ones([4000]), keep_prob=keep, seed=1)
    with tf.Session() as session:
        first, second = session.run(y, {keep: 0.8}), session.run(y, {keep: 0.8})
        assert session.run(y, {keep: 1.0}).tolist() == [1.0] * 4000
    assert set(np.unique(first)) == {0.0, np.float32(1.25)}
    assert abs(first.mean() - 1) < 0.05
    assert (first != second).any()


def test_dropout_scales_gradients_by_the_same_draw() -> None:
    x = tf.ones([50])
    y = tf.nn.dropout(x, keep_prob=0.5)
    value, slope = run([y, tf.gradients(y, x)[0]])
    np.testing.assert_array_equal(value, slope)


def test_dropout_of_whole_channels() -> None:
    y = hb.nn.dropout(np.ones((2, 5, 5, 30), np.float32), 0.5, noise_shape=[None, 1, 1, None], seed=3).numpy()
    assert (y == y[:, :1, :1]).all()
    assert set(np.unique(y)) == {0.0, 2.0}


# Normalisation ----------------------------------------------------------------------------------------


def test_fused_batch_norm_keeps_the_unbiased_variance() -> None:
    x = np.random.default_rng(0).normal(3, 2, size=(4, 3, 3, 2)).astype(np.float32)
    y, mean, variance = run(tf.nn.fused_batch_norm(x, tf.ones([2]), tf.zeros([2])))
    flat = x.reshape(-1, 2)
    np.testing.assert_allclose(mean, flat.mean(0), rtol=1e-5)
    np.testing.assert_allclose(variance, flat.var(0, ddof=1), rtol=1e-5)
    np.testing.assert_allclose(y.reshape(-1, 2), (flat - flat.mean(0)) / np.sqrt(flat.var(0) + 1e-3), atol=1e-5)


def test_fused_batch_norm_has_the_gradient_of_its_formula() -> None:
    """Also the second one, which must see that mean and variance come from x."""
    rng = np.random.default_rng(1)
    value = rng.normal(size=(3, 2, 2, 2)).astype(np.float32)
    weight = rng.normal(size=value.shape).astype(np.float32)

    def grads(apply: Callable[[Any], Any]) -> Any:
        x = tf.constant(value)
        first = tf.gradients(tf.reduce_sum(apply(x) * weight), x)[0]
        return run([first, tf.gradients(tf.reduce_sum(tf.square(first)), x)[0]])

    def plain(x: Any) -> Any:
        mean = tf.reduce_mean(x, [0, 1, 2])
        return (x - mean) / tf.sqrt(tf.reduce_mean(tf.square(x - mean), [0, 1, 2]) + 1e-3)

    fused = grads(lambda x: tf.nn.fused_batch_norm(x, tf.ones([2]), tf.zeros([2]))[0])
    for a, b in zip(fused, grads(plain), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-4)


def test_moments_of_half_floats_are_computed_in_float32() -> None:
    x = np.full((1, 70000), 1.0, np.float16)
    mean, variance = hb.nn.moments(x, [0, 1])
    assert (mean.numpy(), variance.numpy()) == (1.0, 0.0)
    assert mean.dtype == hb.float16


# Embeddings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("strategy", "order"), [("mod", [0, 3, 1, 4, 2]), ("div", [0, 1, 2, 3, 4])])
def test_a_divided_table_answers_as_a_whole_one(strategy: str, order: list[int]) -> None:
    """mod: id i is in part i mod 2. div: blocks of 3 and 2."""
    rows = np.arange(10, dtype=np.float32).reshape(5, 2)
    table = rows[order]
    parts = [tf.constant(rows[:3]), tf.constant(rows[3:])]
    found = tf.nn.embedding_lookup(parts, [[4, 0], [3, 1]], partition_strategy=strategy)
    np.testing.assert_array_equal(run(found), table[[[4, 0], [3, 1]]])


def test_an_id_that_no_part_holds_is_refused() -> None:
    parts = [np.zeros((2, 3), np.float32), np.zeros((2, 3), np.float32)]
    for ids in ([4], [-1]):
        with pytest.raises(hb.errors.InvalidArgumentError, match="is not in"):
            hb.nn.embedding_lookup(parts, ids)


def test_the_gradient_of_an_embedding_is_sparse() -> None:
    table = tf.Variable(tf.zeros([5, 2]))
    grad = tf.gradients(tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 3, 1])), table)[0]
    assert isinstance(grad, tf.IndexedSlices)


# Words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "words"), [
    (lambda: tf.nn.conv2d(tf.zeros([1, 5, 5, 3]), tf.zeros([3, 3, 4, 8]), [1, 1, 1, 1], "SAME"),
     "Depth of input (3) is not a multiple of input depth of filter (4)"),
    (lambda: tf.nn.conv2d(tf.zeros([1, 3, 3, 3]), tf.zeros([5, 5, 3, 8]), [1, 1, 1, 1], "VALID"),
     "Negative dimension size caused by subtracting 5 from 3"),
    (lambda: tf.nn.conv2d(tf.zeros([3, 3, 3]), tf.zeros([5, 5, 3, 8]), [1, 1, 1, 1], "VALID"),
     "Shape must be rank 4 but is rank 3"),
    (lambda: tf.nn.max_pool(tf.zeros([1, 3, 3, 3]), [1, 5, 5, 1], [1, 1, 1, 1], "VALID"),
     "Negative dimension size caused by subtracting 5 from 3"),
    (lambda: tf.nn.bias_add(tf.zeros([2, 3]), tf.zeros([4])), "Dimensions must be equal, but are 3 and 4"),
    (lambda: tf.nn.dropout(tf.zeros([2]), keep_prob=0.0),
     "`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate=1.0"),
    (lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[[1]], logits=[[0.0, 1.0]]),
     "`labels.shape.rank` must equal `logits.shape.rank - 1`"),
    (lambda: tf.nn.convolution(tf.zeros([1, 5, 5, 3]), tf.zeros([3, 3, 3, 7]), "SAME", strides=[2, 2],
                               dilation_rate=[2, 2]), "not supported in conjunction with `dilation_rate > 1`"),
    (lambda: tf.nn.conv2d(tf.zeros([1, 3, 3, 1]), tf.zeros([1, 1, 1, 1]), [1, 1, 1, 1], "same"),
     "Attr 'padding' of 'Conv2D' Op passed string 'same' not in: \"SAME\", \"VALID\", \"EXPLICIT\"."),
    (lambda: tf.nn.conv2d(tf.zeros([1, 3, 3, 1]), filter=tf.zeros([1, 1, 1, 1]), filters=tf.zeros([1, 1, 1, 1]),
                          strides=[1, 1, 1, 1], padding="SAME"), "Cannot specify both 'filter' and 'filters'.")])
def test_what_does_not_fit_is_said_as_tensorflow_says_it(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        make()
    assert words in str(caught.value)


@pytest.mark.parametrize(("make", "name"), [
    (lambda x: tf.nn.conv2d_transpose(x, tf.zeros([3, 3, 4, 3]), [2, 10, 10, 4], [1, 2, 2, 1]), "conv2d_transpose:0"),
    (lambda x: tf.nn.depthwise_conv2d(x, tf.zeros([3, 3, 3, 4]), [1, 1, 1, 1], "SAME"), "depthwise:0"),
    (lambda x: tf.nn.conv1d(tf.zeros([2, 5, 3]), tf.zeros([3, 3, 4]), 1, "SAME"), "conv1d/Squeeze:0"),
    (lambda x: tf.nn.dropout(x, keep_prob=0.5), "dropout/SelectV2:0"),
    (lambda x: tf.nn.moments(x, [0])[1], "moments/Squeeze_1:0"),
    (lambda x: tf.nn.fused_batch_norm(x, [1.0] * 3, [0.0] * 3)[0], "FusedBatchNormV3:0"),
    (lambda x: tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x), "logistic_loss:0"),
    (lambda x: tf.nn.softmax_cross_entropy_with_logits(labels=tf.zeros([2, 3]), logits=tf.zeros([2, 3])),
     "softmax_cross_entropy_with_logits_sg/Reshape_2:0"),
    (lambda x: tf.nn.embedding_lookup(tf.zeros([2, 3]), [1]), "embedding_lookup/Identity:0"),
    (lambda x: tf.nn.crelu(x), "CRelu/Relu:0"),
    (lambda x: tf.nn.pool(x, [2, 2], "MAX", "VALID", dilation_rate=[2, 2]), "max_pool/BatchToSpaceND:0")])
def test_nodes_have_tensorflows_names(make: Callable[[Any], Any], name: str) -> None:
    assert make(tf.placeholder(tf.float32, [None, 5, 5, 3])).name == name


# What graphs take and only a run refuses --------------------------------------------------------------


def test_a_gradient_of_the_wrong_size_is_refused_by_the_run() -> None:
    y, w = tf.placeholder(tf.float32, [None, 3, 3, 2]), tf.zeros([2, 2, 5, 2])
    x = tf.nn.conv2d_transpose(y, w, [4, 9, 9, 5], [1, 2, 2, 1])
    assert x.shape.as_list() == [4, 9, 9, 5]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Size of out_backprop doesn't match computed: actual = 3"):
        run(x, {y: np.zeros((4, 3, 3, 2), np.float32)})


def test_a_multiple_of_minus_one_is_unknown_while_a_graph_is_built() -> None:
    x = tf.tile(tf.ones([2, 1]), [-1, 3])
    assert x.shape.as_list() == [None, 3]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected multiples\[0\] >= 0, but got -1"):
        run(x)
    with pytest.raises(ValueError, match="but got -2"):
        tf.tile(tf.ones([2, 1]), [-2, 3])


def test_none_is_an_attributes_default() -> None:
    x = np.arange(12, dtype=np.float32).reshape(1, 1, 2, 6)
    np.testing.assert_array_equal(run(tf.nn.lrn(x, depth_radius=None)), run(tf.nn.lrn(x)))


def test_dropout_keeps_the_shape_where_the_rates_is_unknown() -> None:
    assert tf.nn.dropout(tf.ones([3, 4]), keep_prob=tf.placeholder(tf.float32)).shape.as_list() == [3, 4]


def test_the_slope_of_a_leaky_relu_may_be_a_tensor() -> None:
    alpha = tf.get_variable("alpha", [2], initializer=tf.constant_initializer([0.5, 0.25]))
    assert run(tf.nn.leaky_relu(tf.constant([[-2.0, 3.0], [4.0, -4.0]]), alpha)).tolist() == [[-1, 3], [4, -1]]


def test_sizes_that_are_whole_floats() -> None:
    """`units / 2` is a float in Python 3; TensorFlow 1 takes it, TensorFlow 2 does not."""
    assert tf.get_variable("half", [4 / 2]).shape.as_list() == tf.zeros([4 / 2]).shape.as_list() == [2]
    with pytest.raises(ValueError, match=r"Ambiguous dimension: 2\.5"):
        tf.get_variable("odd", [5 / 2])
