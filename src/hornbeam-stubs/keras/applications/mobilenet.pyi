"""The public names of `hornbeam.keras.applications.mobilenet`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications import MobileNet as MobileNet
from hornbeam.keras.applications.convnext import decode_predictions as decode_predictions
from hornbeam.keras.applications.inception_resnet_v2 import preprocess_input as preprocess_input
