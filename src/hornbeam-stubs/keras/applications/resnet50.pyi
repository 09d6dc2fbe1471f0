"""The public names of `hornbeam.keras.applications.resnet50`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications import ResNet50 as ResNet50
from hornbeam.keras.applications.convnext import decode_predictions as decode_predictions
from hornbeam.keras.applications.resnet import preprocess_input as preprocess_input
