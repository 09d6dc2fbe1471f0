"""The public names of `hornbeam.keras.applications.convnext`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications import ConvNeXtBase as ConvNeXtBase
from hornbeam.keras.applications import ConvNeXtLarge as ConvNeXtLarge
from hornbeam.keras.applications import ConvNeXtSmall as ConvNeXtSmall
from hornbeam.keras.applications import ConvNeXtTiny as ConvNeXtTiny
from hornbeam.keras.applications import ConvNeXtXLarge as ConvNeXtXLarge
from hornbeam.keras.applications.classifier import as_they_are as _preprocess_input
from hornbeam.keras.applications.imagenet_utils import decode_predictions as decode_predictions

preprocess_input = _preprocess_input
