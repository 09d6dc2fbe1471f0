"""The public names of `hornbeam.keras.utils`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.backend import clear_session as clear_session
from hornbeam.keras.backend import is_keras_tensor as is_keras_tensor
from hornbeam.keras.backend import standardize_dtype as standardize_dtype
from hornbeam.keras.config import disable_interactive_logging as disable_interactive_logging
from hornbeam.keras.config import enable_interactive_logging as enable_interactive_logging
from hornbeam.keras.config import is_interactive_logging_enabled as is_interactive_logging_enabled
from hornbeam.keras.layers.preprocessing.feature_space import FeatureSpace as FeatureSpace
from hornbeam.keras.preprocessing import image_dataset_from_directory as image_dataset_from_directory
from hornbeam.keras.preprocessing import text_dataset_from_directory as text_dataset_from_directory
from hornbeam.keras.preprocessing import timeseries_dataset_from_array as timeseries_dataset_from_array
from hornbeam.keras.preprocessing.image import array_to_img as array_to_img
from hornbeam.keras.preprocessing.image import img_to_array as img_to_array
from hornbeam.keras.preprocessing.image import load_img as load_img
from hornbeam.keras.preprocessing.image import save_img as save_img
from hornbeam.keras.preprocessing.sequence import pad_sequences as pad_sequences
from hornbeam.keras.saving import CustomObjectScope as CustomObjectScope
from hornbeam.keras.saving import CustomObjectScope as _custom_object_scope
from hornbeam.keras.saving import deserialize_keras_object as deserialize_keras_object
from hornbeam.keras.saving import get_custom_objects as get_custom_objects
from hornbeam.keras.saving import get_registered_name as get_registered_name
from hornbeam.keras.saving import get_registered_object as get_registered_object
from hornbeam.keras.saving import register_keras_serializable as register_keras_serializable
from hornbeam.keras.saving import serialize_keras_object as serialize_keras_object
from hornbeam.keras.trainers.data.batch import pack_x_y_sample_weight as pack_x_y_sample_weight
from hornbeam.keras.trainers.data.batch import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from hornbeam.keras.trainers.data.py_dataset import PyDataset as PyDataset
from hornbeam.keras.utils import bounding_boxes as bounding_boxes
from hornbeam.keras.utils import legacy as legacy
from hornbeam.keras.utils.config import Config as Config
from hornbeam.keras.utils.dataset_splits import split_dataset as split_dataset
from hornbeam.keras.utils.directories import audio_dataset_from_directory as audio_dataset_from_directory
from hornbeam.keras.utils.file_utils import get_file as get_file
from hornbeam.keras.utils.numerical_utils import normalize as normalize
from hornbeam.keras.utils.numerical_utils import to_categorical as to_categorical
from hornbeam.keras.utils.pictures import model_to_dot as model_to_dot
from hornbeam.keras.utils.pictures import plot_model as plot_model
from hornbeam.keras.utils.progbar import Progbar as Progbar
from hornbeam.keras.utils.random_seed import set_random_seed as set_random_seed
from hornbeam.keras.utils.source_inputs import get_source_inputs as get_source_inputs

Sequence = PyDataset
custom_object_scope = _custom_object_scope
