"""The public names of `hornbeam.keras.applications.imagenet_utils`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications.convnext import decode_predictions as decode_predictions
from hornbeam.keras.applications.imagenet_utils import preprocess_input as preprocess_input
