"""The public names of `hornbeam.v1.app.flags`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.adapters.command_line import _Flags as __Flags
from typing import Any

def DEFINE_bool(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_boolean`)."""
DEFINE_boolean = DEFINE_bool
def DEFINE_enum(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_enum`)."""
def DEFINE_float(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_float`)."""
def DEFINE_integer(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_integer`)."""
def DEFINE_list(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_list`)."""
def DEFINE_multi_float(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_multi_float`)."""
def DEFINE_multi_integer(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_multi_integer`)."""
def DEFINE_multi_string(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_multi_string`)."""
def DEFINE_spaceseplist(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_spaceseplist`)."""
def DEFINE_string(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.DEFINE_string`)."""
FLAGS: __Flags
def mark_flag_as_required(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.mark_flag_as_required`)."""
def mark_flags_as_required(*args: Any, **kwargs: Any) -> Any:
    r"""Define a command-line flag: name, default, help (`absl.flags.mark_flags_as_required`)."""
