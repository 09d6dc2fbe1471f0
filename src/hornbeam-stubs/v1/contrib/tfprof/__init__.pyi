"""The public names of `hornbeam.v1.contrib.tfprof`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.tfprof import model_analyzer as model_analyzer
