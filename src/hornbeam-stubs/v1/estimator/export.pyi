"""The public names of `hornbeam.v1.estimator.export`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.estimator.serving import ClassificationOutput as ClassificationOutput
from hornbeam.v1.estimator.serving import ExportOutput as ExportOutput
from hornbeam.v1.estimator.serving import PredictOutput as PredictOutput
from hornbeam.v1.estimator.serving import RegressionOutput as RegressionOutput
from hornbeam.v1.estimator.serving import ServingInputReceiver as ServingInputReceiver
from hornbeam.v1.estimator.serving import TensorServingInputReceiver as TensorServingInputReceiver
from hornbeam.v1.estimator.serving import build_parsing_serving_input_receiver_fn as build_parsing_serving_input_receiver_fn
from hornbeam.v1.estimator.serving import build_raw_serving_input_receiver_fn as build_raw_serving_input_receiver_fn
