"""The public names of `hornbeam.v1.contrib.slim.learning`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.learning_loop import create_train_op as create_train_op
from hornbeam.v1.contrib.slim.learning_loop import train as train
from hornbeam.v1.contrib.slim.learning_loop import train_step as train_step
from hornbeam.v1.contrib.training.steps import add_gradients_summaries as add_gradients_summaries
from hornbeam.v1.contrib.training.steps import clip_gradient_norms as clip_gradient_norms
from hornbeam.v1.contrib.training.steps import multiply_gradients as multiply_gradients
