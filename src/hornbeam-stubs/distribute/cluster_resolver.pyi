"""The public names of `hornbeam.distribute.cluster_resolver`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.distribute.resolvers import TPUClusterResolver as TPUClusterResolver
