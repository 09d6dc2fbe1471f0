"""What ops of layers that TensorFlow lacks are made of, for files that TensorFlow reads: activations, products over
axes, images in other sizes, transposed convolutions."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.expansions import expands
from hornbeam.graph.op import registry as ops
from hornbeam.graph.operation import Operation
from hornbeam.ops import array


def _of(x: Any, value: float) -> Any:
    return array.constant(value, x.dtype.base_dtype)


@expands("Silu", "Mul")
def _(x: Any) -> Any:
    return ops["Mul"](x, ops["Sigmoid"](x))


@expands("Gelu", "Mul")
def _(x: Any, approximate: bool) -> Any:
    if approximate:
        cubic = ops["AddV2"](x, ops["Mul"](_of(x, 0.044715), ops["Pow"](x, _of(x, 3.0))))
        part = ops["Tanh"](ops["Mul"](_of(x, 0.7978845608028654), cubic))
    else:
        part = ops["Erf"](ops["Mul"](x, _of(x, 0.7071067811865476)))
    return ops["Mul"](ops["Mul"](x, _of(x, 0.5)), ops["AddV2"](_of(x, 1.0), part))


@expands("LogSigmoid", "Neg")
def _(x: Any) -> Any:
    return ops["Neg"](ops["Softplus"](ops["Neg"](x)))


@expands("Squareplus", "Mul")
def _(x: Any, b: float) -> Any:
    return ops["Mul"](ops["AddV2"](x, ops["Sqrt"](ops["AddV2"](ops["Square"](x), _of(x, b)))), _of(x, 0.5))


@expands("Celu", "SelectV2")
def _(x: Any, alpha: float) -> Any:
    below = ops["Mul"](_of(x, alpha), ops["Expm1"](ops["RealDiv"](x, _of(x, alpha))))
    return ops["SelectV2"](ops["Greater"](x, _of(x, 0.0)), x, below)


@expands("EluAlpha", "SelectV2")
def _(x: Any, alpha: float) -> Any:
    below = ops["Mul"](_of(x, alpha), ops["Expm1"](x))
    return ops["SelectV2"](ops["Greater"](x, _of(x, 0.0)), x, below)


def _hard_sigmoid(x: Any) -> Any:
    return ops["Relu6"](ops["AddV2"](x, _of(x, 3.0)))


@expands("HardSigmoid", "RealDiv")
def _(x: Any) -> Any:
    return ops["RealDiv"](_hard_sigmoid(x), _of(x, 6.0))


@expands("HardSilu", "Mul")
def _(x: Any) -> Any:
    return ops["Mul"](x, ops["RealDiv"](_hard_sigmoid(x), _of(x, 6.0)))


@expands("HardTanh", "Maximum")
def _(x: Any) -> Any:
    return ops["Maximum"](ops["Minimum"](x, _of(x, 1.0)), _of(x, -1.0))


@expands("SoftShrink", "Sub")
def _(x: Any, threshold: float) -> Any:
    inside = ops["Minimum"](ops["Maximum"](x, _of(x, -threshold)), _of(x, threshold))
    return ops["Sub"](x, inside)


@expands("HardShrink", "SelectV2")
def _(x: Any, threshold: float) -> Any:
    return ops["SelectV2"](ops["Greater"](ops["Abs"](x), _of(x, threshold)), x, _of(x, 0.0))


@expands("Threshold", "SelectV2")
def _(x: Any, threshold: float, default_value: float) -> Any:
    return ops["SelectV2"](ops["Greater"](x, _of(x, threshold)), x, _of(x, default_value))


# Products ---------------------------------------------------------------------------------------------


def _ranks_known(op: Operation) -> bool:
    return all(t._dims is not None for t in op.inputs)


@expands("Tensordot", "Reshape", when=_ranks_known)
def _(a: Any, b: Any, axes_a: Any, axes_b: Any) -> Any:
    """A product of matrices: the other axes of `a` by the summed ones, these by the other axes of `b`."""
    axes_a, axes_b = ([i % len(t._dims) for i in axes] for t, axes in ((a, axes_a), (b, axes_b)))
    left = [i for i in range(len(a._dims)) if i not in axes_a]
    right = [i for i in range(len(b._dims)) if i not in axes_b]
    first = ops["Transpose"](a, [*left, *axes_a])
    second = ops["Transpose"](b, [*axes_b, *right])
    sizes = _sizes(a), _sizes(b)
    summed = ops["Prod"](ops["GatherV2"](sizes[1], array.constant(axes_b, "int32", [len(axes_b)]), 0), [0])
    product = ops["MatMul"](ops["Reshape"](first, ops["Pack"]([-1, summed])),
                            ops["Reshape"](second, ops["Pack"]([summed, -1])))
    kept = [ops["GatherV2"](s, array.constant(i, "int32", [len(i)]), 0) for s, i in zip(sizes, (left, right),
                                                                                        strict=True)]
    return ops["Reshape"](product, ops["ConcatV2"](kept, 0))


def _sizes(x: Any) -> Any:
    return ops["Shape"](x)


@expands("RepeatV2", "Reshape", when=lambda op: op.inputs[0]._dims is not None and op.inputs[1]._dims == ())
def _(input: Any, repeats: Any, axis: int) -> Any:
    rank = len(input._dims)
    axis %= rank
    count = ops["Cast"](repeats, DstT=dtypes.int32)
    ones = array.constant([1] * rank, "int32")
    tiled = ops["Tile"](ops["ExpandDims"](input, axis + 1), ops["ConcatV2"](
        [ones[:axis + 1], ops["Reshape"](count, [1]), ones[axis + 1:]], 0))
    times = ops["ConcatV2"]([ones[:axis], ops["Reshape"](count, [1]), ones[axis + 1:]], 0)
    return ops["Reshape"](tiled, ops["Mul"](_sizes(input), times))


# Images -----------------------------------------------------------------------------------------------

_RESIZING = {"bilinear": "ResizeBilinear", "linear": "ResizeBilinear", "nearest": "ResizeNearestNeighbor"}


def _resizes_images(op: Operation) -> bool:
    dims = op.inputs[0]._dims
    return dims is not None and len(dims) == 4 and tuple(op.attrs["axes"]) == (1, 2) and not op.attrs["antialias"] \
        and op.attrs["method"] in _RESIZING


@expands("ResizeImages", "Cast", when=_resizes_images)
def _(x: Any, sizes: Any, axes: Any, method: str, antialias: bool) -> Any:
    made = ops[_RESIZING[method]](x, array.constant(list(sizes), "int32"), half_pixel_centers=True)
    return ops["Cast"](made, DstT=x.dtype.base_dtype)


def _gradient_of_a_convolution(op: Operation) -> bool:
    """Whether it is what TensorFlow computes as the gradient of a convolution of images."""
    kernel = op.inputs[1]._dims
    x = op.inputs[0]._dims
    return (len(op.attrs["strides"]) == 2 and not op.attrs["channels_first"] and x is not None
            and kernel is not None and None not in kernel and None not in x[1:]
            and all(d == 1 for d in op.attrs["dilations"])
            and all(side < (size or 0) for size, pad in zip(kernel, op.attrs["pads"], strict=False) for side in pad))


@expands("ConvTranspose", "Conv2DBackpropInput", when=_gradient_of_a_convolution)
def _(x: Any, kernel: Any, strides: Any, pads: Any, dilations: Any, channels_first: bool) -> Any:
    sizes: Any = kernel._dims[:2]
    x_space: Any = x._dims[1:3]
    space = [(n - 1) * s + 1 + sum(pad) - (k - 1) for n, s, k, pad in zip(x_space, strides, sizes, pads,
                                                                         strict=True)]
    batch = ops["StridedSlice"](ops["Shape"](x), [0], [1], [1], shrink_axis_mask=1)
    around = [k - 1 - side for k, pad in zip(sizes, pads, strict=True) for side in pad]
    return ops["Conv2DBackpropInput"](ops["Pack"]([batch, *space, kernel._dims[2]]), kernel, x,
                                      strides=[1, *strides, 1], padding="EXPLICIT",
                                      explicit_paddings=[0, 0, *around, 0, 0])
