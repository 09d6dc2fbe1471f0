"""The public names of `hornbeam.v1.strings`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import as_string as as_string
from hornbeam.strings import format as format
from hornbeam.strings import join as join
from hornbeam.strings import lower as lower
from hornbeam.strings import regex_full_match as regex_full_match
from hornbeam.strings import regex_replace as regex_replace
from hornbeam.strings import strip as strip
from hornbeam.strings import to_hash_bucket_fast as to_hash_bucket_fast
from hornbeam.strings import to_hash_bucket_strong as to_hash_bucket_strong
from hornbeam.strings import unicode_encode as unicode_encode
from hornbeam.strings import unicode_transcode as unicode_transcode
from hornbeam.strings import unsorted_segment_join as unsorted_segment_join
from hornbeam.strings import upper as upper
from hornbeam.v1 import reduce_join as reduce_join
from hornbeam.v1 import string_to_hash_bucket as _to_hash_bucket
from hornbeam.v1 import string_to_number as _to_number
from hornbeam.v1 import substr as substr
from hornbeam.v1.adapters.array import string_length as _length
from hornbeam.v1.adapters.strings import split as split

length = _length
to_hash_bucket = _to_hash_bucket
to_number = _to_number
