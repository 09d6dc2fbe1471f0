"""The public names of `hornbeam.v1.version`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.version import COMPILER_VERSION as COMPILER_VERSION
from hornbeam.version import GIT_VERSION as GIT_VERSION
from hornbeam.version import GRAPH_DEF_VERSION as GRAPH_DEF_VERSION
from hornbeam.version import GRAPH_DEF_VERSION_MIN_CONSUMER as GRAPH_DEF_VERSION_MIN_CONSUMER
from hornbeam.version import GRAPH_DEF_VERSION_MIN_PRODUCER as GRAPH_DEF_VERSION_MIN_PRODUCER

VERSION: str
