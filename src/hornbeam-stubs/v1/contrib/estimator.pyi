"""The public names of `hornbeam.v1.contrib.estimator`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.estimator.additions import add_metrics as add_metrics
