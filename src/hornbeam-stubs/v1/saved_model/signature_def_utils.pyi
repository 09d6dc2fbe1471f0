"""The public names of `hornbeam.v1.saved_model.signature_def_utils`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train.saved_model.method_names import MethodNameUpdater as MethodNameUpdater
from hornbeam.v1.saved_model import build_signature_def as build_signature_def
from hornbeam.v1.saved_model import classification_signature_def as classification_signature_def
from hornbeam.v1.saved_model import is_valid_signature as is_valid_signature
from hornbeam.v1.saved_model import predict_signature_def as predict_signature_def
from hornbeam.v1.saved_model import regression_signature_def as regression_signature_def
