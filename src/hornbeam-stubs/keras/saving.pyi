"""The public names of `hornbeam.keras.saving`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.models import load_model as load_model
from hornbeam.keras.models import save_model as save_model
from hornbeam.keras.saving.file_editor import KerasFileEditor as KerasFileEditor
from hornbeam.keras.saving.object_registration import CustomObjectScope as CustomObjectScope
from hornbeam.keras.saving.object_registration import get_custom_objects as get_custom_objects
from hornbeam.keras.saving.object_registration import get_registered_name as get_registered_name
from hornbeam.keras.saving.object_registration import get_registered_object as get_registered_object
from hornbeam.keras.saving.object_registration import register_keras_serializable as register_keras_serializable
from hornbeam.keras.saving.saving_api import load_weights as load_weights
from hornbeam.keras.saving.saving_api import save_weights as save_weights
from hornbeam.keras.saving.serialization import deserialize_keras_object as deserialize_keras_object
from hornbeam.keras.saving.serialization import serialize_keras_object as serialize_keras_object

custom_object_scope = CustomObjectScope
