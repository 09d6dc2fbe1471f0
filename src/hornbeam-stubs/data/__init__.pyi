"""The public names of `hornbeam.data`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.data import experimental as experimental
from hornbeam.data.api.dataset import Dataset as Dataset
from hornbeam.data.api.iterators import Iterator as Iterator
from hornbeam.data.api.iterators import IteratorSpec as IteratorSpec
from hornbeam.data.api.iterators import NumpyIterator as NumpyIterator
from hornbeam.data.api.options import Options as Options
from hornbeam.data.api.options import ThreadingOptions as ThreadingOptions
from hornbeam.data.api.readers import FixedLengthRecordDataset as FixedLengthRecordDataset
from hornbeam.data.api.readers import TFRecordDataset as TFRecordDataset
from hornbeam.data.api.readers import TextLineDataset as TextLineDataset
from hornbeam.data.api.specs import DatasetSpec as DatasetSpec

AUTOTUNE: int
INFINITE_CARDINALITY: int
UNKNOWN_CARDINALITY: int
