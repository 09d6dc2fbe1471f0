"""The public names of `hornbeam.v1.data`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.data import AUTOTUNE as AUTOTUNE
from hornbeam.data import DatasetSpec as DatasetSpec
from hornbeam.data import INFINITE_CARDINALITY as INFINITE_CARDINALITY
from hornbeam.data import IteratorSpec as IteratorSpec
from hornbeam.data import NumpyIterator as NumpyIterator
from hornbeam.data import Options as Options
from hornbeam.data import ThreadingOptions as ThreadingOptions
from hornbeam.data import UNKNOWN_CARDINALITY as UNKNOWN_CARDINALITY
from hornbeam.data.api.dataset_v1 import get_output_classes as get_output_classes
from hornbeam.data.api.dataset_v1 import get_output_shapes as get_output_shapes
from hornbeam.data.api.dataset_v1 import get_output_types as get_output_types
from hornbeam.data.api.dataset_v1 import make_initializable_iterator as make_initializable_iterator
from hornbeam.data.api.dataset_v1 import make_one_shot_iterator as make_one_shot_iterator
from hornbeam.data.api.graph_iterators import GraphIterator as _Iterator
from hornbeam.v1.contrib.data import Dataset as Dataset
from hornbeam.v1.contrib.data import FixedLengthRecordDataset as FixedLengthRecordDataset
from hornbeam.v1.contrib.data import TFRecordDataset as TFRecordDataset
from hornbeam.v1.contrib.data import TextLineDataset as TextLineDataset
from hornbeam.v1.data import experimental as experimental

Iterator = _Iterator
