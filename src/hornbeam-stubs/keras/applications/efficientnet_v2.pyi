"""The public names of `hornbeam.keras.applications.efficientnet_v2`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications import EfficientNetV2B0 as EfficientNetV2B0
from hornbeam.keras.applications import EfficientNetV2B1 as EfficientNetV2B1
from hornbeam.keras.applications import EfficientNetV2B2 as EfficientNetV2B2
from hornbeam.keras.applications import EfficientNetV2B3 as EfficientNetV2B3
from hornbeam.keras.applications import EfficientNetV2L as EfficientNetV2L
from hornbeam.keras.applications import EfficientNetV2M as EfficientNetV2M
from hornbeam.keras.applications import EfficientNetV2S as EfficientNetV2S
from hornbeam.keras.applications.convnext import decode_predictions as decode_predictions
from hornbeam.keras.applications.convnext import preprocess_input as preprocess_input
