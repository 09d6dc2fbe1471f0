"""Windows that slide over images: sizes, padding and layout, as TensorFlow counts them.

Convolutions, pooling and their gradients share these rules; each answers for known sizes and, with None, for sizes
that only a run tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.shapes import Dims
from hornbeam.ops import rules

FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}
"""By number of spatial dimensions: channels last, channels first."""

Pad = tuple[int, int]


class Layout(NamedTuple):
    """Where batch, channels and space stand among the dimensions."""

    channel: int
    spatial: tuple[int, ...]

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return len(self.spatial) + 2

    def of_space(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """The spatial entries of one value a dimension."""
        return tuple(values[i] for i in self.spatial)

    def dims(self, batch: Any, space: Sequence[Any], channels: Any) -> tuple[Any, ...]:
        """One value a dimension, in this layout's order."""
        return (batch, channels, *space) if self.channel == 1 else (batch, *space, channels)


def layout(data_format: str, spatial: int) -> Layout:
    """The layout that a `data_format` such as "NHWC" names."""
    if data_format[1:2] == "C":
        return Layout(1, tuple(range(2, 2 + spatial)))
    return Layout(1 + spatial, tuple(range(1, 1 + spatial)))


def check_choice(op_type: str, attr: str, value: Any, allowed: Sequence[str]) -> None:
    """Raise ShapeFault where an attribute is none of the strings it may be."""
    if value not in allowed:
        listed = ", ".join(f'"{a}"' for a in allowed)
        raise ShapeFault(f"Attr '{attr}' of '{op_type}' Op passed string '{value}' not in: {listed}.",
                         f"Value for attr '{attr}' of \"{value}\" is not in the list of allowed values: {listed}")


def check_rank(dims: Dims, rank: int) -> None:
    """Raise ShapeFault where a shape has another rank."""
    if dims is not None and len(dims) != rank:
        raise ShapeFault(f"Shape must be rank {rank} but is rank {len(dims)}",
                         f"input must be {rank}-dimensional: {rules.text(dims)}")


def check_steps(kind: str, values: Sequence[int], where: Layout, of: str = "batch and depth") -> tuple[int, ...]:
    """The spatial strides or dilations; the others must be 1. Raises ShapeFault."""
    if len(values) != where.rank:
        raise ShapeFault(f"{kind} attribute should contain {where.rank} values, but got: {len(values)}")
    if any(v <= 0 for v in values):
        bad = next(v for v in values if v <= 0)
        raise ShapeFault(f"{kind.rstrip('s').capitalize()} must be > 0, but got {bad}")
    if values[0] != 1 or values[where.channel] != 1:
        raise ShapeFault(f"Current implementation does not yet support {kind} in the {of} dimensions.")
    return where.of_space(values)


def explicit_pads(explicit: Sequence[int], where: Layout) -> tuple[Pad, ...]:
    """The spatial pairs of a flat list with two entries a dimension. Raises ShapeFault."""
    if len(explicit) != 2 * where.rank:
        raise ShapeFault(f"explicit_paddings attribute must contain {2 * where.rank} values, but got: {len(explicit)}")
    pairs = [(int(explicit[2 * i]), int(explicit[2 * i + 1])) for i in range(where.rank)]
    if any(p < 0 for pair in pairs for p in pair):
        raise ShapeFault("All elements of explicit_paddings must be nonnegative")
    if any(pairs[0]) or any(pairs[where.channel]):
        raise ShapeFault("Nonzero explicit padding in the batch or depth dimensions is not supported")
    return tuple(pairs[i] for i in where.spatial)


def reach(size: int, dilation: int) -> int:
    """How many elements a window of `size` spans. Raises ShapeFault where no array is that long."""
    span = (size - 1) * dilation + 1
    if span >= 2**31:
        raise ShapeFault(f"A window of {size} elements, {dilation} apart, spans {span}: more than any input has")
    return span


class Slide(NamedTuple):
    """How windows slide along the spatial dimensions. A size of `window` is None where only a run tells."""

    window: tuple[Any, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    padding: str
    explicit: tuple[Pad, ...] = ()

    def pads(self, sizes: Sequence[int]) -> tuple[Pad, ...]:
        """What is added before and after each spatial dimension; SAME puts the odd one after."""
        if self.padding == "EXPLICIT":
            return self.explicit
        if self.padding == "VALID":
            return ((0, 0),) * len(self.window)
        found = []
        for size, window, stride, dilation in zip(sizes, self.window, self.strides, self.dilations, strict=True):
            total = max((-(-size // stride) - 1) * stride + reach(window, dilation) - size, 0)
            found.append((total // 2, total - total // 2))
        return tuple(found)

    def outputs(self, sizes: Sequence[int | None]) -> tuple[Any, ...]:
        """How many windows fit along each spatial dimension; None where the size is unknown. Raises ShapeFault."""
        return tuple(self._count(i, size) for i, size in enumerate(sizes))

    def _count(self, i: int, size: int | None) -> int | None:
        if size is None:
            return None
        stride = self.strides[i]
        window = self.window[i]
        if self.padding == "SAME":
            return -(-size // stride)
        if window is None:
            return None
        if window == stride == 1 and self.padding == "VALID":
            return size
        span = reach(window, self.dilations[i])
        padded = size + sum(self.explicit[i]) if self.padding == "EXPLICIT" else size
        if padded < span:
            raise ShapeFault(f"Negative dimension size caused by subtracting {span} from {padded}",
                             f"Computed output size would be negative: {(padded - span) // stride + 1} [input_size: "
                             f"{padded}, effective_filter_size: {span}, stride: {stride}]")
        return (padded - span) // stride + 1


def full_list(values: Any, spatial: int, channel: int, what: str) -> tuple[int, ...]:
    """A stride, window or dilation for every dimension, from one number, one a spatial dimension, or all of them.

    Raises ValueError for another length.
    """
    if values is None:
        return (1,) * (spatial + 2)
    listed = [int(v) for v in (values if isinstance(values, (list, tuple)) or hasattr(values, "__len__") else [values])]
    if len(listed) == spatial + 2:
        return tuple(listed)
    if len(listed) not in (1, spatial):
        raise ValueError(f"{what} should be of length 1, {spatial} or {spatial + 2}. Received: {what}={values} of "
                         f"length {len(listed)}")
    listed = listed * spatial if len(listed) == 1 else listed
    return (1, 1, *listed) if channel == 1 else (1, *listed, 1)


def split_padding(padding: Any, rank: int = 4) -> tuple[str, tuple[int, ...]]:
    """`padding` as (kind, flat explicit list): a string is a kind, a list of pairs is EXPLICIT.

    Raises ValueError for lists of another form, TypeError for anything else.
    """
    if isinstance(padding, str):
        return padding, ()
    if not isinstance(padding, (list, tuple)):
        raise TypeError(f"Expected string for argument 'padding' not {padding!r}.")
    if len(padding) != rank:
        raise ValueError(f"Explicit padding must be a list of size {rank}. Received: padding={padding} of size "
                         f"{len(padding)}")
    flat: list[int] = []
    for pair in padding:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(f"Each element of explicit padding must be a list of size 2, not {pair!r}.")
        flat += [int(p) for p in pair]
    return "EXPLICIT", tuple(flat)


def format_of(data_format: str | None, spatial: int) -> str:
    """`data_format`, by default with the channels last."""
    return data_format or FORMATS[spatial][0]
