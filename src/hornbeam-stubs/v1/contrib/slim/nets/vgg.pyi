"""The public names of `hornbeam.v1.contrib.slim.nets.vgg`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.plain import vgg_arg_scope as vgg_arg_scope
from typing import Any

def vgg_16(inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.5, spatial_squeeze: bool = True, scope: str = 'vgg_16') -> tuple[Any, Any]:
    r"""VGG with 13 convolutions for images of 224 × 224: (logits, end points)."""
def vgg_19(inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.5, spatial_squeeze: bool = True, scope: str = 'vgg_19') -> tuple[Any, Any]:
    r"""VGG with 16 convolutions for images of 224 × 224: (logits, end points)."""
def vgg_a(inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.5, spatial_squeeze: bool = True, scope: str = 'vgg_a') -> tuple[Any, Any]:
    r"""VGG with 8 convolutions for images of 224 × 224: (logits, end points)."""
vgg_d = vgg_16
vgg_e = vgg_19
