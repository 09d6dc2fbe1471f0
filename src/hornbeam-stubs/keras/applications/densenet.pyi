"""The public names of `hornbeam.keras.applications.densenet`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications import DenseNet121 as DenseNet121
from hornbeam.keras.applications import DenseNet169 as DenseNet169
from hornbeam.keras.applications import DenseNet201 as DenseNet201
from hornbeam.keras.applications.convnext import decode_predictions as decode_predictions
from typing import Any

def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    r"""Images as this model takes them: `imagenet_utils.preprocess_input` with the mode 'torch'."""
