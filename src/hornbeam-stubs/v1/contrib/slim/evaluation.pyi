"""The public names of `hornbeam.v1.contrib.slim.evaluation`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train import checkpoints_iterator as checkpoints_iterator
from hornbeam.train.checkpoints.reading import wait_for_new_checkpoint as wait_for_new_checkpoint
from hornbeam.v1.contrib.slim.evaluations import evaluate_once as evaluate_once
from hornbeam.v1.contrib.slim.evaluations import evaluation_loop as evaluation_loop
