"""The public names of `hornbeam.keras.legacy.saving`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.saving.legacy_serialization import deserialize_keras_object as deserialize_keras_object
from hornbeam.keras.saving.legacy_serialization import serialize_keras_object as serialize_keras_object
