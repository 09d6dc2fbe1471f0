"""The public names of `hornbeam.v1.saved_model`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.saved_model import ASSETS_DIRECTORY as ASSETS_DIRECTORY
from hornbeam.saved_model import ASSETS_KEY as ASSETS_KEY
from hornbeam.saved_model import Asset as Asset
from hornbeam.saved_model import CLASSIFY_INPUTS as CLASSIFY_INPUTS
from hornbeam.saved_model import CLASSIFY_METHOD_NAME as CLASSIFY_METHOD_NAME
from hornbeam.saved_model import CLASSIFY_OUTPUT_CLASSES as CLASSIFY_OUTPUT_CLASSES
from hornbeam.saved_model import CLASSIFY_OUTPUT_SCORES as CLASSIFY_OUTPUT_SCORES
from hornbeam.saved_model import DEBUG_DIRECTORY as DEBUG_DIRECTORY
from hornbeam.saved_model import DEBUG_INFO_FILENAME_PB as DEBUG_INFO_FILENAME_PB
from hornbeam.saved_model import DEFAULT_SERVING_SIGNATURE_DEF_KEY as DEFAULT_SERVING_SIGNATURE_DEF_KEY
from hornbeam.saved_model import GPU as GPU
from hornbeam.saved_model import LoadOptions as LoadOptions
from hornbeam.saved_model import PREDICT_INPUTS as PREDICT_INPUTS
from hornbeam.saved_model import PREDICT_METHOD_NAME as PREDICT_METHOD_NAME
from hornbeam.saved_model import PREDICT_OUTPUTS as PREDICT_OUTPUTS
from hornbeam.saved_model import REGRESS_INPUTS as REGRESS_INPUTS
from hornbeam.saved_model import REGRESS_METHOD_NAME as REGRESS_METHOD_NAME
from hornbeam.saved_model import REGRESS_OUTPUTS as REGRESS_OUTPUTS
from hornbeam.saved_model import SAVED_MODEL_FILENAME_PB as SAVED_MODEL_FILENAME_PB
from hornbeam.saved_model import SAVED_MODEL_FILENAME_PBTXT as SAVED_MODEL_FILENAME_PBTXT
from hornbeam.saved_model import SAVED_MODEL_SCHEMA_VERSION as SAVED_MODEL_SCHEMA_VERSION
from hornbeam.saved_model import SERVING as SERVING
from hornbeam.saved_model import SaveOptions as SaveOptions
from hornbeam.saved_model import TPU as TPU
from hornbeam.saved_model import TRAINING as TRAINING
from hornbeam.saved_model import VARIABLES_DIRECTORY as VARIABLES_DIRECTORY
from hornbeam.saved_model import VARIABLES_FILENAME as VARIABLES_FILENAME
from hornbeam.saved_model import contains_saved_model as _maybe_saved_model_directory
from hornbeam.saved_model import contains_saved_model as contains_saved_model
from hornbeam.saved_model import load as _load_v2
from hornbeam.saved_model import save as save
from hornbeam.train.saved_model.builder import Builder as Builder
from hornbeam.train.saved_model.builder import simple_save as simple_save
from hornbeam.train.saved_model.loader import load as load
from hornbeam.train.saved_model.loader import main_op_with_restore as main_op_with_restore
from hornbeam.train.saved_model.signatures import build_signature_def as build_signature_def
from hornbeam.train.saved_model.signatures import build_tensor_info as build_tensor_info
from hornbeam.train.saved_model.signatures import classification_signature_def as classification_signature_def
from hornbeam.train.saved_model.signatures import get_tensor_from_tensor_info as get_tensor_from_tensor_info
from hornbeam.train.saved_model.signatures import is_valid_signature as is_valid_signature
from hornbeam.train.saved_model.signatures import predict_signature_def as predict_signature_def
from hornbeam.train.saved_model.signatures import regression_signature_def as regression_signature_def
from hornbeam.v1.saved_model import builder as builder
from hornbeam.v1.saved_model import constants as constants
from hornbeam.v1.saved_model import experimental as experimental
from hornbeam.v1.saved_model import loader as loader
from hornbeam.v1.saved_model import main_op as main_op
from hornbeam.v1.saved_model import signature_constants as signature_constants
from hornbeam.v1.saved_model import signature_def_utils as signature_def_utils
from hornbeam.v1.saved_model import tag_constants as tag_constants
from hornbeam.v1.saved_model import utils as utils

LEGACY_INIT_OP_KEY: str
MAIN_OP_KEY: str
load_v2 = _load_v2
maybe_saved_model_directory = _maybe_saved_model_directory
