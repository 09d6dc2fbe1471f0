"""The names that SavedModels use: files, tags, keys of collections and signatures."""

from __future__ import annotations

from hornbeam.graph.names import register

ASSETS_DIRECTORY = "assets"
ASSETS_EXTRA_DIRECTORY = "assets.extra"
ASSETS_KEY = "saved_model_assets"
LEGACY_INIT_OP_KEY = "legacy_init_op"
MAIN_OP_KEY = "saved_model_main_op"
TRAIN_OP_KEY = "saved_model_train_op"
SAVED_MODEL_SCHEMA_VERSION = 1
SAVED_MODEL_FILENAME_PB = "saved_model.pb"
SAVED_MODEL_FILENAME_PBTXT = "saved_model.pbtxt"
DEBUG_DIRECTORY = "debug"
DEBUG_INFO_FILENAME_PB = "saved_model_debug_info.pb"
VARIABLES_DIRECTORY = "variables"
VARIABLES_FILENAME = "variables"
INIT_OP_SIGNATURE_KEY = "__saved_model_init_op"
TRAIN_OP_SIGNATURE_KEY = "__saved_model_train_op"

SERVING, TRAINING, GPU, TPU = "serve", "train", "gpu", "tpu"

DEFAULT_SERVING_SIGNATURE_DEF_KEY = "serving_default"
CLASSIFY_INPUTS, CLASSIFY_METHOD_NAME = "inputs", "tensorflow/serving/classify"
CLASSIFY_OUTPUT_CLASSES, CLASSIFY_OUTPUT_SCORES = "classes", "scores"
PREDICT_INPUTS, PREDICT_METHOD_NAME, PREDICT_OUTPUTS = "inputs", "tensorflow/serving/predict", "outputs"
REGRESS_INPUTS, REGRESS_METHOD_NAME, REGRESS_OUTPUTS = "inputs", "tensorflow/serving/regress", "outputs"

_WHERE = {
    "constants": ("LEGACY_INIT_OP_KEY", "MAIN_OP_KEY"),
}
_BOTH = {
    "constants": ("ASSETS_DIRECTORY", "ASSETS_KEY", "SAVED_MODEL_SCHEMA_VERSION", "SAVED_MODEL_FILENAME_PB",
                  "SAVED_MODEL_FILENAME_PBTXT", "DEBUG_DIRECTORY", "DEBUG_INFO_FILENAME_PB", "VARIABLES_DIRECTORY",
                  "VARIABLES_FILENAME"),
    "tag_constants": ("SERVING", "TRAINING", "GPU", "TPU"),
    "signature_constants": (
        "DEFAULT_SERVING_SIGNATURE_DEF_KEY", "CLASSIFY_INPUTS", "CLASSIFY_METHOD_NAME", "CLASSIFY_OUTPUT_CLASSES",
        "CLASSIFY_OUTPUT_SCORES", "PREDICT_INPUTS", "PREDICT_METHOD_NAME", "PREDICT_OUTPUTS", "REGRESS_INPUTS",
        "REGRESS_METHOD_NAME", "REGRESS_OUTPUTS"),
}
for _module, _names in _BOTH.items():
    for _name in _names:
        register(globals()[_name], (f"saved_model.{_name}",), v1=(f"saved_model.{_module}.{_name}",))
for _module, _names in _WHERE.items():
    for _name in _names:
        register(globals()[_name], v1=(f"saved_model.{_name}", f"saved_model.{_module}.{_name}"))
