"""The public names of `hornbeam.v1.contrib.learn`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.learn import datasets as datasets
from hornbeam.v1.contrib.learn import io as io
from hornbeam.v1.contrib.learn import learn_runner as learn_runner
from hornbeam.v1.contrib.learn import python as python
from hornbeam.v1.contrib.learn.canned import DNNClassifier as DNNClassifier
from hornbeam.v1.contrib.learn.canned import DNNLinearCombinedClassifier as DNNLinearCombinedClassifier
from hornbeam.v1.contrib.learn.canned import DNNLinearCombinedRegressor as DNNLinearCombinedRegressor
from hornbeam.v1.contrib.learn.canned import DNNRegressor as DNNRegressor
from hornbeam.v1.contrib.learn.canned import LinearClassifier as LinearClassifier
from hornbeam.v1.contrib.learn.canned import LinearRegressor as LinearRegressor
from hornbeam.v1.contrib.learn.estimators import Estimator as Estimator
from hornbeam.v1.contrib.learn.estimators import Experiment as Experiment
from hornbeam.v1.contrib.learn.estimators import SKCompat as SKCompat
from hornbeam.v1.contrib.learn.specs import MetricSpec as MetricSpec
from hornbeam.v1.contrib.learn.specs import ModeKeys as ModeKeys
from hornbeam.v1.contrib.learn.specs import ModelFnOps as ModelFnOps
from hornbeam.v1.contrib.learn.specs import NotFittedError as NotFittedError
from hornbeam.v1.contrib.learn.specs import PredictionKey as PredictionKey
from hornbeam.v1.contrib.learn.specs import infer_real_valued_columns_from_input as infer_real_valued_columns_from_input
from hornbeam.v1.contrib.learn.specs import infer_real_valued_columns_from_input_fn as infer_real_valued_columns_from_input_fn
from hornbeam.v1.contrib.learn.specs import run_config as _RunConfig

RunConfig = _RunConfig
