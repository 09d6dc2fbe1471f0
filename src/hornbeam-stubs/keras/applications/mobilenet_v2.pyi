"""The public names of `hornbeam.keras.applications.mobilenet_v2`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications import MobileNetV2 as MobileNetV2
from hornbeam.keras.applications.convnext import decode_predictions as decode_predictions
from hornbeam.keras.applications.inception_resnet_v2 import preprocess_input as preprocess_input
