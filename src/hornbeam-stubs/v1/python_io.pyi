"""The public names of `hornbeam.v1.python_io`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.io import TFRecordOptions as TFRecordOptions
from hornbeam.io import TFRecordWriter as TFRecordWriter
from hornbeam.v1.io import TFRecordCompressionType as TFRecordCompressionType
from hornbeam.v1.io import tf_record_iterator as tf_record_iterator
