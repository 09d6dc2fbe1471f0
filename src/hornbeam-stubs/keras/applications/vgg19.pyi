"""The public names of `hornbeam.keras.applications.vgg19`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications import VGG19 as VGG19
from hornbeam.keras.applications.convnext import decode_predictions as decode_predictions
from hornbeam.keras.applications.resnet import preprocess_input as preprocess_input
