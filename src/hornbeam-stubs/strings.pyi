"""The public names of `hornbeam.strings`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import as_string as as_string
from hornbeam.ops.hashing import to_hash_bucket as to_hash_bucket
from hornbeam.ops.host import string_format as _format
from hornbeam.ops.regex import regex_full_match as regex_full_match
from hornbeam.ops.regex import regex_replace as regex_replace
from hornbeam.ops.string_joining import reduce_join as reduce_join
from hornbeam.ops.string_joining import unsorted_segment_join as unsorted_segment_join
from hornbeam.ops.string_parsing import to_number as to_number
from hornbeam.ops.string_splitting import bytes_split as bytes_split
from hornbeam.ops.string_splitting import ngrams as ngrams
from hornbeam.ops.string_splitting import split as split
from hornbeam.ops.string_splitting import unicode_decode as unicode_decode
from hornbeam.ops.string_splitting import unicode_decode_with_offsets as unicode_decode_with_offsets
from hornbeam.ops.string_splitting import unicode_split as unicode_split
from hornbeam.ops.string_splitting import unicode_split_with_offsets as unicode_split_with_offsets
from hornbeam.ops.strings import join as join
from hornbeam.ops.strings import length as length
from hornbeam.ops.strings import substr as substr
from hornbeam.ops.unicode import unicode_encode as unicode_encode
from typing import Any

format = _format
def lower(input: Any, encoding: str = '', name: str | None = None) -> Any:
    r"""Strings in lower case: ASCII letters, or with `encoding` "utf-8" those of Unicode."""
def strip(input: Any, name: str | None = None) -> Any:
    r"""Strings without white space at their ends."""
def to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Any:
    r"""The bucket, from 0 to `num_buckets` - 1, that each string falls into by its FarmHash fingerprint: int64."""
def to_hash_bucket_strong(input: Any, num_buckets: int, key: Any, name: str | None = None) -> Any:
    r"""The bucket that each string falls into by SipHash with the two integers of `key`: int64."""
def unicode_transcode(input: Any, input_encoding: str, output_encoding: str, errors: str = 'replace', replacement_char: int = 65533, replace_control_characters: bool = False, name: str | None = None) -> Any:
    r"""Strings of one encoding in another."""
def upper(input: Any, encoding: str = '', name: str | None = None) -> Any:
    r"""Strings in upper case: ASCII letters, or with `encoding` "utf-8" those of Unicode."""
