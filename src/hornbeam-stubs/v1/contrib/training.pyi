"""The public names of `hornbeam.v1.contrib.training`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train import checkpoints_iterator as checkpoints_iterator
from hornbeam.v1.contrib.slim.evaluation import wait_for_new_checkpoint as wait_for_new_checkpoint
from hornbeam.v1.contrib.slim.learning import add_gradients_summaries as add_gradients_summaries
from hornbeam.v1.contrib.slim.learning import clip_gradient_norms as clip_gradient_norms
from hornbeam.v1.contrib.slim.learning import multiply_gradients as multiply_gradients
from hornbeam.v1.contrib.training.evaluations import StopAfterNEvalsHook as StopAfterNEvalsHook
from hornbeam.v1.contrib.training.evaluations import SummaryAtEndHook as SummaryAtEndHook
from hornbeam.v1.contrib.training.evaluations import evaluate_once as evaluate_once
from hornbeam.v1.contrib.training.evaluations import evaluate_repeatedly as evaluate_repeatedly
from hornbeam.v1.contrib.training.evaluations import get_or_create_eval_step as get_or_create_eval_step
from hornbeam.v1.contrib.training.hyperparameters import HParams as HParams
from hornbeam.v1.contrib.training.hyperparameters import parse_values as parse_values
from hornbeam.v1.contrib.training.steps import clip_gradient_norms_fn as clip_gradient_norms_fn
from hornbeam.v1.contrib.training.steps import create_train_op as create_train_op
from hornbeam.v1.contrib.training.steps import train as train
