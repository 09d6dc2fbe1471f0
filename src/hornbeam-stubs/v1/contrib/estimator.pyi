"""The public names of `hornbeam.v1.contrib.estimator`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.estimator.additions import add_metrics as add_metrics
from hornbeam.v1.estimator.extenders import call_logit_fn as call_logit_fn
from hornbeam.v1.estimator.extenders import clip_gradients_by_norm as clip_gradients_by_norm
from hornbeam.v1.estimator.extenders import dnn_logit_fn_builder as dnn_logit_fn_builder
from hornbeam.v1.estimator.extenders import forward_features as forward_features
from hornbeam.v1.estimator.extenders import linear_logit_fn_builder as linear_logit_fn_builder
from hornbeam.v1.estimator.public_heads import binary_classification_head as binary_classification_head
from hornbeam.v1.estimator.public_heads import logistic_regression_head as logistic_regression_head
from hornbeam.v1.estimator.public_heads import multi_class_head as multi_class_head
from hornbeam.v1.estimator.public_heads import multi_head as multi_head
from hornbeam.v1.estimator.public_heads import multi_label_head as multi_label_head
from hornbeam.v1.estimator.public_heads import poisson_regression_head as poisson_regression_head
from hornbeam.v1.estimator.public_heads import regression_head as regression_head
