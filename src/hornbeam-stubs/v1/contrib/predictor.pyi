"""The public names of `hornbeam.v1.contrib.predictor`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.predictor.predictors import from_estimator as from_estimator
from hornbeam.v1.contrib.predictor.predictors import from_saved_model as from_saved_model
