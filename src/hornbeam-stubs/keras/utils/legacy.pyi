"""The public names of `hornbeam.keras.utils.legacy`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.legacy.saving import deserialize_keras_object as deserialize_keras_object
from hornbeam.keras.legacy.saving import serialize_keras_object as serialize_keras_object
