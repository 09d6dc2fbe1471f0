"""The public names of `hornbeam.v1.distribute.cluster_resolver`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.distribute.cluster_resolver import TPUClusterResolver as TPUClusterResolver
