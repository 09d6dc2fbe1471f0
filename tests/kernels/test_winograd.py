"""Convolutions in tiles, by Winograd's way, against float64: three forms, what follows them, what is not finite."""

import numpy as np
import pytest
from tests.kernels.conftest import check, relative
from tests.kernels.test_convolution import TWO, attributes, check_three, normal, sizes

import hornbeam.v1 as v1
from hornbeam.backend.compiler import compiled
from hornbeam.graph import dtypes
from hornbeam.kernels import convolution, selection
from hornbeam.ops import conv

CASES = [  # x, filters, attributes
    ((1, 1, 1, 1), 1, {}),
    ((2, 3, 3, 2), 3, {"padding": "VALID"}),
    ((1, 4, 4, 16), 16, {}),
    ((3, 5, 7, 5), 9, {}),
    ((2, 6, 9, 33), 20, {"padding": "VALID"}),
    ((4, 26, 26, 32), 64, {"padding": "VALID"}),
    ((5, 14, 14, 64), 64, {}),
    ((1, 56, 56, 64), 64, {}),
    ((2, 13, 21, 128), 130, {}),
    ((130, 7, 7, 48), 16, {}),
    ((2, 9, 6, 4), 7, {"padding": [1, 0, 2, 1]}),
    ((2, 5, 6, 17), 3, {"padding": [4, 3, 0, 5]}),
    ((2, 8, 9, 16), 8, {"first": True}),
    ((3, 17, 16, 300), 270, {}),
]


@pytest.fixture
def tiles(native, monkeypatch):
    """Whatever can be computed in tiles is."""
    def can(found, form, dtype):
        return (dtype == np.float32 and found.w[:-2] == (3, 3) and found.groups == 1
                and max(*found.strides, *found.dilations) == 1)

    monkeypatch.setattr(convolution._Convolution, "in_tiles", can)


@pytest.mark.parametrize(("x", "filters", "options"), CASES, ids=str)
def test_three_forms(tiles, x, filters, options):
    check_three(TWO, normal(*x), normal(3, 3, x[-1], filters), attributes(**options))


def test_errors_stay_near_those_of_sums_written_out(native):
    """Large sums, of numbers that do not cancel, and of some that do."""
    for x in (np.abs(normal(4, 16, 16, 256)), normal(4, 16, 16, 256)):
        found = check(conv.conv2d_op, (x, normal(3, 3, 256, 64)), attributes())
        assert found.shape == (4, 16, 16, 64)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
def test_what_is_not_finite_is_where_it_would_be(native, monkeypatch, value):
    """One pixel, or one filter, spoils what is made of it alone; 3e38 is finite, and so are sums with others."""
    x, w = normal(4, 16, 16, 32), normal(3, 3, 32, 48) * 0.1
    dy = normal(4, 16, 16, 48)
    x[1, 5, 6, 7] = w[1, 1, 3, 40] = dy[2, 0, 0, 5] = value
    attrs = attributes()
    described = convolution._described("Conv2D", {**conv.conv2d_op.defaults, **attrs}, x.shape, w.shape)
    assert all(described.in_tiles(form, np.dtype(np.float32)) for form in range(3))
    calls = list(zip(TWO, ((x, w), (sizes(x), w, dy), (x, sizes(w), dy)), strict=True))
    found = [run(op, args, attrs) for op, args in calls]
    assert np.isfinite(found[0]).mean() > 0.9
    monkeypatch.setenv(selection.VARIABLE, "direct")
    for result, (op, args) in zip(found, calls, strict=True):
        np.testing.assert_array_equal(result, run(op, args, attrs))


def run(op, args, attrs):
    attrs = {**op.defaults, **attrs}
    kernel = op.compiles_to(args, attrs)
    assert kernel is not op.function
    fixed = [arg.static for arg in op.args]
    moving = [a for a, f in zip(args, fixed, strict=True) if not f]

    def call(*arrays):
        rest = iter(arrays)
        return (kernel(*[a if f else next(rest) for a, f in zip(args, fixed, strict=True)], **attrs),)

    (found,), (again,) = (compiled(call)(*moving) for _ in range(2))
    np.testing.assert_array_equal(found, again)
    return np.asarray(found)


@pytest.mark.parametrize("more", [None, normal(3, 10, 11, 24)], ids=["alone", "with another"])
@pytest.mark.parametrize("scaled", [False, True])
def test_what_follows_is_part_of_it(tiles, monkeypatch, scaled, more):
    x, w, b, scale = normal(3, 10, 11, 16), normal(3, 3, 16, 24), normal(24), normal(24)

    def answer(x):
        with v1.Graph().as_default(), v1.Session() as session:
            held = v1.placeholder(np.float32, x.shape)
            y = v1.nn.conv2d(held, w, [1, 1, 1, 1], "SAME")
            y = (y * scale if scaled else y) + b
            return session.run(v1.nn.relu(y if more is None else y + more), {held: x})

    spoilt = x.copy()
    spoilt[0, 0, 0, 0], spoilt[1, 5, 5, 5] = np.nan, -np.inf
    found = [answer(v) for v in (x, spoilt, x)]
    np.testing.assert_array_equal(found[0], found[2])
    monkeypatch.setenv(selection.VARIABLE, "off")
    for a, v in zip(found, (x, spoilt), strict=False):
        expected = answer(v)
        for kind in (np.isnan, np.isposinf):
            np.testing.assert_array_equal(kind(a), kind(expected))
        finite = np.isfinite(expected)
        assert relative(a[finite], expected[finite]) < 1e-5


def test_when_tiles_pay(native, monkeypatch):
    def asks(x, w, form=0, dtype=np.float32, **options):
        attrs = {**conv.conv2d_op.defaults, **attributes(**options)}
        return convolution._described("Conv2D", attrs, x, w).in_tiles(form, np.dtype(dtype))

    x, w = (8, 28, 28, 64), (3, 3, 64, 64)
    assert all(asks(x, w, form) for form in range(3))
    assert not asks(x, (5, 5, 64, 64))
    assert not asks(x, w, strides=2)
    assert not asks(x, w, dilations=2)
    assert not asks(x, (3, 3, 8, 64))  # groups
    assert not asks(x, (3, 3, 64, 16))
    assert not asks(x, w, dtype=dtypes.bfloat16.np_dtype)
    assert not asks((8, 5, 5, 64), w)
    assert not asks((2, 14, 14, 64), w)
    assert not asks((8, 14, 14, 640), (3, 3, 640, 640))
    assert not asks((7, 14, 14, 512), (3, 3, 512, 512))
    assert asks((8, 14, 14, 512), (3, 3, 512, 512))
    assert asks((64, 6, 6, 64), w, padding="VALID")
    assert not asks((64, 6, 6, 64), w, 1, padding="VALID")
    monkeypatch.setenv(selection.VARIABLE, "direct")
    assert not asks(x, w)
    images, filters = normal(*x), normal(*w)
    assert conv.conv2d_op.compiles_to([images, filters], {**conv.conv2d_op.defaults, **attributes()}) \
        is not conv.conv2d_op.function
