"""Which positions may look at which: masks [batch, targets, sources], true where they may."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops


def causal(targets: Any, sources: Any) -> Any:
    """No position sees later ones: [1, targets, sources]."""
    rows, columns = _numbers(targets, sources)
    return ops.greater_equal(rows, columns)


def window(targets: Any, sources: Any, width: int) -> Any:
    """Positions see those less than `width` away."""
    rows, columns = _numbers(targets, sources)
    return ops.less(ops.abs(rows - columns), width)


def _numbers(targets: Any, sources: Any) -> tuple[Any, Any]:
    rows = ops.reshape(ops.arange(targets, dtype="int32"), (1, -1, 1))
    return rows, ops.reshape(ops.arange(sources, dtype="int32"), (1, 1, -1))


def together(*masks: Any) -> Any:
    """What all masks allow; None where there is none."""
    found = None
    for mask in masks:
        if mask is not None:
            mask = ops.cast(mask, "bool")
            found = mask if found is None else ops.logical_and(found, mask)
    return found


def of_sequences(query: Any, value: Any, query_mask: Any, value_mask: Any, key_mask: Any, given: Any, is_causal: bool,
                 sliding_window: int | None) -> Any:
    """One mask from those of the sequences [batch, steps], a given one, the causal one and a window."""
    lengths = ops.shape(query)[1], ops.shape(value)[1]
    return together(None if query_mask is None else ops.expand_dims(query_mask, -1),
                    None if value_mask is None else ops.expand_dims(value_mask, -2),
                    None if key_mask is None else ops.expand_dims(key_mask, -2),
                    causal(*lengths) if is_causal else None,
                    None if sliding_window is None else window(*lengths, sliding_window), given)
