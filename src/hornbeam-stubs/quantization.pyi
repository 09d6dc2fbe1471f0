"""The public names of `hornbeam.quantization`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.fake_quantization import quantize_and_dequantize as quantize_and_dequantize
from hornbeam.ops.fake_quantization import quantize_and_dequantize_v2 as quantize_and_dequantize_v2
from typing import Any

def fake_quant_with_min_max_args(inputs: Any, min: float = -6, max: float = 6, num_bits: int = 8, narrow_range: bool = False, name: str | None = None) -> Any:
    r"""`inputs`, clipped to [min, max] and rounded to 2^num_bits values, of which 0 is one."""
def fake_quant_with_min_max_args_gradient(gradients: Any, inputs: Any, min: float = -6, max: float = 6, num_bits: int = 8, narrow_range: bool = False, name: str | None = None) -> Any:
    r"""`gradients` where `inputs` were inside the range of `fake_quant_with_min_max_args`, else 0."""
def fake_quant_with_min_max_vars(inputs: Any, min: Any, max: Any, num_bits: int = 8, narrow_range: bool = False, name: str | None = None) -> Any:
    r"""As `fake_quant_with_min_max_args`, with a range [min, max] of scalar tensors, which gradients reach."""
def fake_quant_with_min_max_vars_gradient(gradients: Any, inputs: Any, min: Any, max: Any, num_bits: int = 8, narrow_range: bool = False, name: str | None = None) -> Any:
    r"""The gradients of `inputs`, `min` and `max`: of those inside the range, below it and above it."""
def fake_quant_with_min_max_vars_per_channel(inputs: Any, min: Any, max: Any, num_bits: int = 8, narrow_range: bool = False, name: str | None = None) -> Any:
    r"""As `fake_quant_with_min_max_vars`, with a range for each element of the last dimension: min, max [channels]."""
def fake_quant_with_min_max_vars_per_channel_gradient(gradients: Any, inputs: Any, min: Any, max: Any, num_bits: int = 8, narrow_range: bool = False, name: str | None = None) -> Any:
    r"""The gradients of `inputs`, `min` and `max`, the last two for each channel."""
