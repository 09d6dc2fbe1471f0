"""Arrays that do not fit are refused in TensorFlow's words: while a graph is built, and at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

C = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
Case = tuple[Callable[[Any], Any], str, str]

REFUSED: list[Case] = [
    (lambda c: hb.reshape(c, [5, 5]), "Cannot reshape a tensor with 24 elements to shape [5,5] (25 elements)",
     "Input to reshape is a tensor with 24 values, but the requested shape has 25"),
    (lambda c: hb.reshape(c, [7, -1]), "Dimension size must be evenly divisible by 7 but is 24",
     "Input to reshape is a tensor with 24 values, but the requested shape requires a multiple of 7"),
    (lambda c: hb.reshape(c, [-1, -1]), "Only one input size may be -1, not both 0 and 1",
     "Only one input size may be -1, not both 0 and 1"),
    (lambda c: hb.expand_dims(c, 5), "dim 5 not in the interval [-4, 3].",
     "Tried to expand dim index 5 for tensor with 3 dimensions."),
    (lambda c: hb.squeeze(c, [0]), "Can not squeeze dim[0], expected a dimension of 1, got 2",
     "Can not squeeze dim[0], expected a dimension of 1, got 2"),
    (lambda c: hb.concat([c, c[0]], 0), "Shape must be rank 3 but is rank 2",
     "ConcatOp : Ranks of all input tensors should match: shape[0] = [2,3,4] vs. shape[1] = [3,4]"),
    (lambda c: hb.concat([c, c[:, :2]], 0),
     "Dimension 0 in both shapes must be equal, but are 3 and 2. Shapes are [3,4] and [2,4].",
     "ConcatOp : Dimension 1 in both shapes must be equal: shape[0] = [2,3,4] vs. shape[1] = [2,2,4]"),
    (lambda c: hb.concat([c, c], 5), "Shape must be at least rank 6 but is rank 3",
     "ConcatOp : Expected concatenating dimensions in the range [-3, 3), but got 5"),
    (lambda c: hb.stack([c, c[0]]), "Shapes must be equal rank, but are 3 and 2\n\tFrom merging shape 0",
     "Shapes of all inputs must match: values[0].shape = [2,3,4] != values[1].shape = [3,4]"),
    (lambda c: hb.unstack(c, num=3), "Dimension must be 3 but is 2",
     "Input shape axis 0 must equal 3, got shape [2,3,4]"),
    (lambda c: hb.split(c, 5, axis=2), "Dimension size must be evenly divisible by 5 but is 4",
     "evenly divide the split dimension, but got split_dim 2 (size = 4) and num_split 5"),
    (lambda c: hb.split(c, [1, 1], axis=2), "can't split axis of size 4 into pieces of size [1,1]",
     "Determined shape must either match input shape along split_dim exactly"),
    (lambda c: hb.transpose(c, [0, 1]), "Dimension must be 3 but is 2",
     "transpose expects a vector of size 3. But input(1) is a vector of size 2"),
    (lambda c: hb.transpose(c, [0, 1, 5]), "perm dim 5 is out of range of input rank 3", "5 is out of range [0 .. 3)"),
    (lambda c: hb.tile(c, [1, 2]), "Shape must be rank 3 but is rank 2",
     "Expected multiples argument to be a vector of length 3 but got length 2"),
    (lambda c: hb.pad(c, [[1, 1]]), "Shape must be rank 1 but is rank 3",
     "The first dimension of paddings must be the rank of inputs[1,2] [2,3,4]"),
    (lambda c: hb.pad(c, [[1, 1], [1, 1], [3, 4]], "REFLECT"), "paddings must be less than the dimension size: 3, 4",
     "paddings must be less than the dimension size: 3, 4 not less than 4"),
    (lambda c: hb.slice(c, [0, 0, 0], [1, 1, 9]), "Expected size[2] in [0, 4], but got 9",
     "Expected size[2] in [0, 4], but got 9"),
    (lambda c: hb.one_hot(hb.cast(c[0, 0], hb.int32), -1), "must be non-negative but is -1",
     "depth must be non-negative, got: -1"),
    (lambda c: hb.broadcast_to(c, [2, 3]), "Shape must be at most rank 2 but is rank 3",
     "Rank of input (3) must be no greater than rank of output shape (2)."),
    (lambda c: hb.broadcast_to(c, [2, 3, 5]), "Dimensions must be equal, but are 4 and 5",
     "Incompatible shapes: [2,3,4] vs. [2,3,5]"),
    (lambda c: hb.ensure_shape(c, [2, None, 5]), "Dimension 2 in both shapes must be equal, but are 5 and 4.",
     "Shape of tensor input [2,3,4] is not compatible with expected shape [2,?,5]."),
    (lambda c: hb.reverse(c, [5]), "'axis'[0] = 5 is out of valid range [0, 2",
     "'axis'[0] = 5 is out of valid range [0, 2"),
    (lambda c: hb.nn.space_to_depth(c[..., None], 2), "Dimension size must be evenly divisible by 2 but is 3",
     "should be divisible by block_size: 2"),
    (lambda c: hb.batch_to_space(c[:, :2, :2, None], [2, 2], [[0, 0], [0, 0]]),
     "must be evenly divisible by", "Input batch dimension (2) is not divisible by product of block sizes (4)"),
    (lambda c: hb.where(hb.constant([True, False, True]), c, c), "Dimensions must be equal, but are 3 and 4",
     "condition [3], then [2,3,4], and else [2,3,4] must be broadcastable"),
]


@pytest.mark.parametrize(("make", "build", "run"), REFUSED)
def test_shapes_that_do_not_fit(make: Callable[[Any], Any], build: str, run: str) -> None:
    with tf.Graph().as_default(), pytest.raises(ValueError, match=re.escape(build)):
        make(tf.constant(C))
    with pytest.raises(hb.errors.InvalidArgumentError, match=re.escape(run)):
        make(hb.constant(C))


@pytest.mark.parametrize(("make", "run"), [(make, run) for make, _, run in REFUSED[:1] + REFUSED[6:7] + REFUSED[16:17]])
def test_shapes_that_a_run_finds_do_not_fit(make: Callable[[Any], Any], run: str) -> None:
    with tf.Graph().as_default():
        c = tf.placeholder(tf.float32, None)
        c.set_shape([None, None, None])
        y = make(c)
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=re.escape(run)):
            session.run(y, {c: C})


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda: tf.concat(0, [tf.constant(C), tf.constant(C)]), ValueError, "must have rank 0"),
    (lambda: tf.unstack(tf.placeholder(tf.float32, [None, 3])), ValueError,
     "Cannot infer argument `num` from shape (?, 3)"),
    (lambda: tf.stack([tf.constant(C)] * 2, axis=7), ValueError, "Argument `axis` = 7 not in range [-4, 4)"),
    (lambda: tf.pad(C, [[0, 0]] * 3, "FOO"), ValueError, "Received `mode` = FOO"),
    (lambda: tf.where([True], C), ValueError, "x and y must both be non-None or both be None."),
    (lambda: tf.boolean_mask(C, [True]), ValueError, "Shapes (2,) and (1,) are incompatible"),
    (lambda: tf.boolean_mask(C, True), ValueError, "mask cannot be scalar."),
    (lambda: tf.constant([1, 2], shape=[3], verify_shape=True), TypeError,
     "Expected Tensor's shape: (3,), but got (2,)"),
    (lambda: tf.expand_dims(C), ValueError, "Must specify an axis argument to tf.expand_dims()"),
    (lambda: tf.expand_dims(C, 1, dim=1), ValueError, "Cannot specify both 'dim' and 'axis'."),
    (lambda: tf.squeeze(C, [0], squeeze_dims=[0]), ValueError, "Cannot specify both 'squeeze_dims' and 'axis'."),
    (lambda: tf.meshgrid([1], indexing="zz"), ValueError, "must be either 'xy' or 'ij', got 'zz'"),
    (lambda: tf.searchsorted([1], [1], side="foo"), ValueError, "must be either 'right' or 'left'"),
    (lambda: tf.convert_to_tensor(None), ValueError, "None values not supported."),
    (lambda: tf.convert_to_tensor(tf.constant(C), tf.int32), ValueError, "Tensor conversion requested dtype int32"),
    (lambda: tf.zeros([-1]), ValueError, "Fill dimensions must be >= 0"),
    (lambda: tf.range(5, 1), ValueError, "Requires start <= limit when delta > 0: 5/1"),
    (lambda: tf.gather(C, [1.5]), TypeError, "DataType float32 not in list of allowed values: int16, int32, int64"),
])
def test_arguments_that_are_refused(make: Callable[[], Any], error: type[Exception], words: str) -> None:
    with tf.Graph().as_default(), pytest.raises(error, match=re.escape(words)):
        make()
