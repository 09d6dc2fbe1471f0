"""The public names of `hornbeam.v1.strings`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.host import string_format as _format
from hornbeam.ops.strings import join as join
from hornbeam.v1.adapters.array import string_length as _length
from hornbeam.v1.adapters.array import substr as substr
from typing import Any

def as_string(input: Any, precision: int = -1, scientific: bool = False, shortest: bool = False, width: int = -1, fill: str = '', name: str | None = None) -> Any:
    r"""Numbers and truth values as strings, written as C's printf does."""
format = _format
length = _length
def lower(input: Any, encoding: str = '', name: str | None = None) -> Any:
    r"""Strings in lower case: ASCII letters, or with `encoding` "utf-8" those of Unicode."""
def strip(input: Any, name: str | None = None) -> Any:
    r"""Strings without white space at their ends."""
def upper(input: Any, encoding: str = '', name: str | None = None) -> Any:
    r"""Strings in upper case: ASCII letters, or with `encoding` "utf-8" those of Unicode."""
