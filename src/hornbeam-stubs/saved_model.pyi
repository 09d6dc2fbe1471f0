"""The public names of `hornbeam.saved_model`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train.saved_model.loader import contains_saved_model as contains_saved_model
from hornbeam.train.saved_model.object_writer import SaveOptions as SaveOptions
from hornbeam.train.saved_model.object_writer import save as save
from hornbeam.train.saved_model.objects import Asset as Asset
from hornbeam.train.saved_model.objects import LoadOptions as LoadOptions
from hornbeam.train.saved_model.objects import load_v2 as _load

ASSETS_DIRECTORY: str
ASSETS_KEY: str
CLASSIFY_INPUTS: str
CLASSIFY_METHOD_NAME: str
CLASSIFY_OUTPUT_CLASSES: str
CLASSIFY_OUTPUT_SCORES: str
DEBUG_DIRECTORY: str
DEBUG_INFO_FILENAME_PB: str
DEFAULT_SERVING_SIGNATURE_DEF_KEY: str
GPU: str
PREDICT_INPUTS: str
PREDICT_METHOD_NAME: str
PREDICT_OUTPUTS: str
REGRESS_INPUTS: str
REGRESS_METHOD_NAME: str
REGRESS_OUTPUTS: str
SAVED_MODEL_FILENAME_PB: str
SAVED_MODEL_FILENAME_PBTXT: str
SAVED_MODEL_SCHEMA_VERSION: int
SERVING: str
TPU: str
TRAINING: str
VARIABLES_DIRECTORY: str
VARIABLES_FILENAME: str
load = _load
