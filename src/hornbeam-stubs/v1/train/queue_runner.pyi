"""The public names of `hornbeam.v1.train.queue_runner`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.train import QueueRunner as QueueRunner
from hornbeam.v1.train import add_queue_runner as add_queue_runner
from hornbeam.v1.train import start_queue_runners as start_queue_runners
