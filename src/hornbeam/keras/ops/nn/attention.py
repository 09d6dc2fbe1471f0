"""Attention, and complex numbers from lengths and angles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.keras.config.settings import is_flash_attention_enabled
from hornbeam.keras.dtypes import result_type
from hornbeam.keras.ops.declare import nn_op
from hornbeam.keras.ops.numpy import binary
from hornbeam.keras.ops.numpy.elementwise import absolute, cos, sin
from hornbeam.keras.ops.tensors import cast, dims, dtype_of, promote_inexact, rank, sizes, tensor
from hornbeam.ops import attention, casts
from hornbeam.ops.activations import softmax_op
from hornbeam.ops.elementary import rsqrt
from hornbeam.ops.joining import repeat
from hornbeam.ops.matmul import einsum


@nn_op(config="is_causal flash_attention attn_logits_soft_cap")
def dot_product_attention(query: Any, key: Any, value: Any, bias: Any = None, mask: Any = None, scale: Any = None,
                          is_causal: bool = False, flash_attention: bool | None = None,
                          attn_logits_soft_cap: float | None = None) -> Any:
    """softmax(query · key · scale + bias) · value for each head. Vaswani et al. 2017.

    query: [batch, targets, heads, depth]; key, value: [batch, sources, heads, depth], or fewer heads that divide the
    query's. bias, mask: broadcast to [batch, heads, targets, sources]; false in `mask` leaves a source out.
    scale: 1 / √depth by default. is_causal: a target sees no later source. The softmax is computed in float32.
    flash_attention: None or False; True raises ValueError where no fused kernel is at hand.
    """
    q, k, v = (tensor(t) for t in (query, key, value))
    if any(rank(t) != 4 for t in (q, k, v)):
        raise ValueError(f"`dot_product_attention` only supports 4D inputs. Received: query.shape={dims(q)}, "
                         f"key.shape={dims(k)}, value.shape={dims(v)}.")
    if flash_attention and is_flash_attention_enabled() is not False:
        raise ValueError("no fused kernel for attention is at hand; leave `flash_attention` at None")
    q, k, v = promote_inexact(q, k, v)
    k, v = (_for_heads(t, dims(q)[2]) for t in (k, v))
    wide = result_type(dtype_of(q), "float32")
    logits = einsum("btnh,bsnh->bnts", cast(q, wide), cast(k, wide))
    logits = binary.multiply(logits, tensor(_usual_scale(q) if scale is None else scale, wide))
    if bias is not None:
        logits = cast(binary.add(logits, tensor(bias)), dtype_of(logits))
    if attn_logits_soft_cap is not None:
        logits = binary.divide(logits, binary.add(1.0, binary.divide(absolute(logits), float(attn_logits_soft_cap))))
    if is_causal:
        logits = attention.causal(logits)
    if mask is not None:
        low = -0.7 * float(dtypes.as_dtype(dtype_of(logits)).max)
        logits = binary.chosen(tensor(mask, "bool"), logits, np.asarray(low, logits.dtype.np_dtype))
    return einsum("bnts,bsnh->btnh", cast(softmax_op(cast(logits, "float32")), dtype_of(k)), v)


def _for_heads(x: Any, count: int | None) -> Any:
    """Keys or values for `count` heads: each of fewer heads serves several neighbouring ones."""
    have = dims(x)[2]
    return repeat(x, count // have, axis=2) if have and count and have != count else x


def _usual_scale(query: Any) -> Any:
    """1 / √depth."""
    depth = sizes(query)[-1]
    return 1 / math.sqrt(depth) if isinstance(depth, int) else rsqrt(tensor(depth, "float32"))


@nn_op
def polar(abs_: Any, angle: Any) -> Any:
    """Complex numbers from their absolute values and their angles in radians."""
    length, turn = promote_inexact(abs_, angle)
    wide = result_type(dtype_of(length), "float32")
    length, turn = cast(length, wide), cast(turn, wide)
    return casts.complex(binary.multiply(length, cos(turn)), binary.multiply(length, sin(turn)))
