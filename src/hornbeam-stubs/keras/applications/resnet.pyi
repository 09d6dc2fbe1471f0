"""The public names of `hornbeam.keras.applications.resnet`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications import ResNet101 as ResNet101
from hornbeam.keras.applications import ResNet152 as ResNet152
from hornbeam.keras.applications import ResNet50 as ResNet50
from hornbeam.keras.applications.convnext import decode_predictions as decode_predictions
from typing import Any

def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    r"""Images as this model takes them: `imagenet_utils.preprocess_input` with the mode 'caffe'."""
