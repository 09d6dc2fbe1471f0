"""The public names of `hornbeam.keras.wrappers`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.wrappers.estimators import SKLearnClassifier as SKLearnClassifier
from hornbeam.keras.wrappers.estimators import SKLearnRegressor as SKLearnRegressor
from hornbeam.keras.wrappers.estimators import SKLearnTransformer as SKLearnTransformer
