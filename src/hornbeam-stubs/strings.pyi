"""The public names of `hornbeam.strings`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import as_string as as_string
from hornbeam.ops.host import string_format as _format
from hornbeam.ops.strings import join as join
from hornbeam.ops.strings import length as length
from hornbeam.ops.strings import substr as substr
from typing import Any

format = _format
def lower(input: Any, encoding: str = '', name: str | None = None) -> Any:
    r"""Strings in lower case: ASCII letters, or with `encoding` "utf-8" those of Unicode."""
def strip(input: Any, name: str | None = None) -> Any:
    r"""Strings without white space at their ends."""
def upper(input: Any, encoding: str = '', name: str | None = None) -> Any:
    r"""Strings in upper case: ASCII letters, or with `encoding` "utf-8" those of Unicode."""
