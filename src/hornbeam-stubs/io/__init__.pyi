"""The public names of `hornbeam.io`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.image import decode_and_crop_jpeg as decode_and_crop_jpeg
from hornbeam.image import decode_bmp as decode_bmp
from hornbeam.image import decode_gif as decode_gif
from hornbeam.image import decode_image as decode_image
from hornbeam.image import decode_jpeg as decode_jpeg
from hornbeam.image import decode_jxl as decode_jxl
from hornbeam.image import decode_png as decode_png
from hornbeam.image import decode_webp as decode_webp
from hornbeam.image import encode_jpeg as encode_jpeg
from hornbeam.image import encode_png as encode_png
from hornbeam.image import extract_jpeg_shape as extract_jpeg_shape
from hornbeam.image import is_jpeg as is_jpeg
from hornbeam.io import gfile as gfile
from hornbeam.ops.csv_parsing import decode_csv as decode_csv
from hornbeam.ops.features import FixedLenFeature as FixedLenFeature
from hornbeam.ops.features import FixedLenSequenceFeature as FixedLenSequenceFeature
from hornbeam.ops.features import SparseFeature as SparseFeature
from hornbeam.ops.features import VarLenFeature as VarLenFeature
from hornbeam.ops.features import parse_example as parse_example
from hornbeam.ops.features import parse_sequence_example as parse_sequence_example
from hornbeam.ops.features import parse_single_example as parse_single_example
from hornbeam.ops.features import parse_single_sequence_example as parse_single_sequence_example
from hornbeam.ops.records import TFRecordOptions as TFRecordOptions
from hornbeam.ops.records import TFRecordWriter as TFRecordWriter
from hornbeam.ops.serialization import deserialize_many_sparse as deserialize_many_sparse
from hornbeam.ops.serialization import serialize_many_sparse_v2 as _serialize_many_sparse
from hornbeam.ops.serialization import serialize_sparse_v2 as _serialize_sparse
from hornbeam.ops.string_parsing import decode_raw as decode_raw
from hornbeam.train.graph_files import write_graph as write_graph
from hornbeam.v1.queues.producers import match_filenames_once as match_filenames_once
from typing import Any

def decode_base64(input: Any, name: str | None = None) -> Any:
    r"""What strings of web-safe base64 hold, padded or not. Raises InvalidArgumentError for other characters."""
def decode_compressed(bytes: Any, compression_type: str = '', name: str | None = None) -> Any:
    r"""Strings unpacked. compression_type: "ZLIB", "GZIP", or "" for strings that are not packed."""
def decode_json_example(json_examples: Any, name: str | None = None) -> Any:
    r"""`Example` messages written as JSON, as serialized messages, in the same shape."""
def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Any:
    r"""Strings in the web-safe base64 (`-` and `_` for `+` and `/`). pad: with `=` up to a multiple of 4."""
def matching_files(pattern: Any, name: str | None = None) -> Any:
    r"""The names of the files that match a pattern, or any of a vector of them, in order: a vector of strings."""
def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Any:
    r"""The tensor that a scalar string holds, a serialized `TensorProto`."""
def read_file(filename: Any, name: str | None = None) -> Any:
    r"""The contents of a file, a scalar string; read whenever it runs."""
serialize_many_sparse = _serialize_many_sparse
serialize_sparse = _serialize_sparse
def serialize_tensor(tensor: Any, name: str | None = None) -> Any:
    r"""A tensor as a scalar string: a serialized `TensorProto`, which `parse_tensor` reads."""
def write_file(filename: Any, contents: Any, name: str | None = None) -> Any:
    r"""Writes a string to a file, whose folder is made where it is absent. In a graph an operation."""
