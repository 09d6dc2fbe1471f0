"""Convolutions through oneDNN against XLA's, over paddings, strides, dilations, groups and layouts."""

import numpy as np
import pytest
from tests.kernels.conftest import check

from hornbeam.ops import conv, depthwise

RNG = np.random.default_rng(5)


def normal(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def attributes(strides=1, dilations=1, padding="SAME", space=2, first=False):
    """An op's attributes from the spatial ones."""
    def full(value):
        value = [value] * space if isinstance(value, int) else list(value)
        return (1, 1, *value) if first else (1, *value, 1)

    found = {"strides": full(strides), "dilations": full(dilations), "padding": padding,
             "data_format": {2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}[space][first]}
    if isinstance(padding, list):
        pairs = [0, 0, *padding, 0, 0] if not first else [0, 0, 0, 0, *padding]
        found |= {"padding": "EXPLICIT", "explicit_paddings": tuple(pairs)}
    return found


def sizes(array):
    return np.array(array.shape, np.int32)


def check_three(ops, x, w, attrs):
    """The forward form and both gradients; `x` has its channels last whatever the attributes say."""
    forward, to_input, to_filter = ops
    if attrs["data_format"].startswith("NC"):
        x = np.moveaxis(x, -1, 1).copy()
    y = check(forward, (x, w), attrs)
    dy = normal(*y.shape)
    check(to_input, (sizes(x), w, dy), attrs)
    check(to_filter, (x, sizes(w), dy), attrs)


TWO = (conv.conv2d_op, conv.conv2d_backprop_input_op, conv.conv2d_backprop_filter_op)
THREE = (conv.conv3d_op, conv.conv3d_backprop_input_op, conv.conv3d_backprop_filter_op)
BY_CHANNEL = (depthwise.depthwise_conv2d_op, depthwise.depthwise_backprop_input_op,
              depthwise.depthwise_backprop_filter_op)

IMAGES = [  # x, w, attributes
    ((1, 1, 1, 1), (1, 1, 1, 1), {}),
    ((2, 5, 4, 3), (3, 2, 3, 2), {}),
    ((3, 7, 9, 5), (3, 3, 5, 6), {"strides": (2, 3), "padding": "VALID"}),
    ((5, 8, 8, 16), (3, 3, 16, 32), {"strides": 2}),
    ((7, 11, 13, 16), (3, 5, 16, 16), {"dilations": (2, 1)}),
    ((4, 10, 10, 8), (3, 3, 8, 8), {"dilations": 2, "padding": "VALID"}),
    ((2, 9, 6, 4), (2, 3, 4, 7), {"padding": [1, 0, 2, 1], "strides": (1, 2)}),
    ((3, 6, 7, 8), (3, 3, 2, 12), {}),  # four groups
    ((2, 6, 6, 6), (3, 3, 1, 12), {}),  # a group a channel
    ((2, 6, 5, 3), (3, 3, 3, 4), {"first": True}),
    ((1, 1, 50, 16), (1, 5, 16, 8), {}),  # one dimension
    ((9, 1, 40, 4), (1, 3, 4, 8), {"strides": (1, 2), "padding": "VALID"}),
    ((2, 12, 12, 64), (1, 1, 64, 32), {}),
    ((2, 12, 12, 64), (1, 1, 64, 32), {"strides": 2}),
    ((64, 14, 14, 1), (3, 3, 1, 32), {"padding": "VALID"}),
    ((33, 12, 12, 32), (3, 3, 32, 64), {"padding": "VALID"}),
    ((2, 3, 3, 4), (5, 5, 4, 4), {}),  # the filter is larger than the image
]


@pytest.mark.parametrize(("x", "w", "options"), IMAGES, ids=str)
def test_images(native, x, w, options):
    check_three(TWO, normal(*x), normal(*w), attributes(**options))


@pytest.mark.parametrize(("x", "w", "options"), [
    ((2, 4, 5, 6, 3), (2, 3, 1, 3, 4), {}),
    ((3, 6, 6, 6, 8), (3, 3, 3, 8, 16), {"strides": 2}),
    ((1, 5, 6, 7, 2), (3, 2, 2, 2, 2), {"padding": "VALID", "first": True}),
], ids=str)
def test_volumes(native, x, w, options):
    check_three(THREE, normal(*x), normal(*w), attributes(space=3, **options))


@pytest.mark.parametrize(("x", "w", "options"), [
    ((2, 5, 4, 3), (3, 2, 3, 2), {}),
    ((3, 8, 8, 16), (3, 3, 16, 1), {}),
    ((2, 9, 9, 16), (3, 3, 16, 1), {"strides": 2, "padding": "VALID"}),
    ((2, 9, 9, 8), (3, 3, 8, 1), {"dilations": 2}),
    ((2, 6, 7, 4), (3, 3, 4, 3), {"first": True}),
], ids=str)
def test_depthwise(native, x, w, options):
    check_three(BY_CHANNEL, normal(*x), normal(*w), attributes(**options))


def test_empty_batches_and_other_dtypes_are_left_to_xla(native):
    attrs = {**conv.conv2d_op.defaults, **attributes()}
    w = normal(3, 3, 2, 2)
    for x in (normal(0, 4, 4, 2), np.ones((1, 4, 4, 2)), normal(1, 4, 4, 2).astype(np.float16)):
        assert conv.conv2d_op.compiles_to([x, w.astype(x.dtype)], attrs) is conv.conv2d_op.function
    zeros = [np.array([0, 4, 4, 2], np.int32), w, normal(0, 4, 4, 2)]
    assert conv.conv2d_backprop_input_op.compiles_to(zeros, attrs) is conv.conv2d_backprop_input_op.function


def test_what_is_not_finite_stays_so(native):
    x, w = normal(2, 8, 8, 4), normal(3, 3, 4, 5)
    x[0, 3, 3, 1], x[1, 0, 0, 2] = np.nan, np.inf
    attrs = {**conv.conv2d_op.defaults, **attributes()}
    found = np.asarray(conv.conv2d_op.compiles_to([x, w], attrs)(x, w, **attrs))
    expected = np.asarray(conv.conv2d_op.function(x, w, **attrs))
    for kind in (np.isnan, np.isposinf, np.isneginf):
        np.testing.assert_array_equal(kind(found), kind(expected))
