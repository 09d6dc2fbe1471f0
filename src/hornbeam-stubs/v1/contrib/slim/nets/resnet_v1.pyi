"""The public names of `hornbeam.v1.contrib.slim.nets.resnet_v1`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.residual import bottleneck_v1 as _bottleneck
from hornbeam.v1.contrib.slim.nets.residual import resnet_v1 as resnet_v1
from hornbeam.v1.contrib.slim.nets.residual import resnet_v1_block as resnet_v1_block
from hornbeam.v1.contrib.slim.nets.resnet_utils import resnet_arg_scope as resnet_arg_scope
from typing import Any

bottleneck = _bottleneck
def resnet_v1_101(inputs: Any, num_classes: int | None = None, is_training: Any = True, global_pool: bool = True, output_stride: Any = None, reuse: Any = None, scope: str = 'resnet_v1_101') -> tuple[Any, Any]:
    r"""The network of 101 layers for images of 224 × 224: (features or logits, end points)."""
def resnet_v1_152(inputs: Any, num_classes: int | None = None, is_training: Any = True, global_pool: bool = True, output_stride: Any = None, reuse: Any = None, scope: str = 'resnet_v1_152') -> tuple[Any, Any]:
    r"""The network of 152 layers for images of 224 × 224: (features or logits, end points)."""
def resnet_v1_200(inputs: Any, num_classes: int | None = None, is_training: Any = True, global_pool: bool = True, output_stride: Any = None, reuse: Any = None, scope: str = 'resnet_v1_200') -> tuple[Any, Any]:
    r"""The network of 200 layers for images of 224 × 224: (features or logits, end points)."""
def resnet_v1_50(inputs: Any, num_classes: int | None = None, is_training: Any = True, global_pool: bool = True, output_stride: Any = None, reuse: Any = None, scope: str = 'resnet_v1_50') -> tuple[Any, Any]:
    r"""The network of 50 layers for images of 224 × 224: (features or logits, end points)."""
