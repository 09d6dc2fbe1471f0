"""The public names of `hornbeam.v1.contrib.eager.metrics`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.eager.running import Accuracy as Accuracy
from hornbeam.v1.contrib.eager.running import BinaryAccuracy as BinaryAccuracy
from hornbeam.v1.contrib.eager.running import CategoricalAccuracy as CategoricalAccuracy
from hornbeam.v1.contrib.eager.running import Mean as Mean
from hornbeam.v1.contrib.eager.running import Metric as Metric
from hornbeam.v1.contrib.eager.running import SparseAccuracy as SparseAccuracy
