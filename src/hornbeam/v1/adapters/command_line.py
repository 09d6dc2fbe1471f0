"""`tf.app` and `tf.flags`: the command line of TF1 programs, on absl."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

from hornbeam.graph.names import Lazy, public, register


@functools.cache
def _absl() -> Any:
    from absl import flags
    flags.disclaim_key_flags()  # flags are those of the module that calls this one
    return flags


class _Flags:
    """The flags' values: attributes. The command line is read when one is first asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        flags = _absl().FLAGS
        if not flags.is_parsed():
            flags(sys.argv, known_only=True)
        return getattr(flags, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_absl().FLAGS, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_absl().FLAGS, name)

    def __dir__(self) -> list[str]:
        return dir(_absl().FLAGS)

    def __getitem__(self, name: str) -> Any:
        return _absl().FLAGS[name]

    def __setitem__(self, name: str, flag: Any) -> None:
        _absl().FLAGS[name] = flag

    def __contains__(self, name: object) -> bool:
        return name in _absl().FLAGS

    def __iter__(self) -> Iterator[str]:
        return iter(_absl().FLAGS)

    def __len__(self) -> int:
        return len(_absl().FLAGS)

    def __str__(self) -> str:
        return str(_absl().FLAGS)

    def __call__(self, argv: list[str], known_only: bool = False) -> list[str]:
        return _absl().FLAGS(argv, known_only)


FLAGS = _Flags()
register(Lazy(__name__, "FLAGS"), v1=("app.flags.FLAGS", "flags.FLAGS"))


def _define(kind: str, *extra: str) -> None:
    """`DEFINE_string` and its like, under absl's argument names and TF1's older ones."""
    def define(*args: Any, **kwargs: Any) -> Any:
        for old, now in (("flag_name", "name"), ("default_value", "default"), ("docstring", "help")):
            if old in kwargs:
                kwargs[now] = kwargs.pop(old)
        return getattr(_absl(), kind)(*args, **kwargs)

    define.__name__ = kind
    define.__doc__ = f"Define a command-line flag: name, default, help (`absl.flags.{kind}`)."
    globals()[kind] = define
    # Not through the wrapper that opens the default graph: its module would be taken for the one that has the flag.
    register(Lazy(__name__, kind), v1=[f"{space}.{n}" for space in ("app.flags", "flags") for n in (kind, *extra)])


for _kind in ("DEFINE_string", "DEFINE_integer", "DEFINE_float", "DEFINE_list", "DEFINE_enum", "DEFINE_enum_class",
              "DEFINE_multi_string", "DEFINE_multi_integer", "DEFINE_multi_float", "DEFINE_multi_enum",
              "DEFINE_multi_enum_class", "DEFINE_spaceseplist", "mark_flag_as_required", "mark_flags_as_required"):
    _define(_kind)
_define("DEFINE_boolean", "DEFINE_bool")

_OF_ABSL = """
    ArgumentParser ArgumentSerializer BaseListParser BooleanFlag BooleanParser CantOpenFlagFileError CsvListSerializer
    DEFINE DEFINE_alias DEFINE_flag DEFINE_multi DuplicateFlagError EnumClassFlag EnumClassListSerializer
    EnumClassParser EnumClassSerializer EnumFlag EnumParser Error Flag FlagHolder FlagNameConflictsWithMethodError
    FlagValues FloatParser IllegalFlagValueError IntegerParser ListParser ListSerializer MultiEnumClassFlag MultiFlag
    UnparsedFlagAccessError UnrecognizedFlagError ValidationError WhitespaceSeparatedListParser adopt_module_key_flags
    declare_key_flag disclaim_key_flags doc_to_help flag_dict_to_args get_help_width
    mark_bool_flags_as_mutual_exclusive mark_flags_as_mutual_exclusive multi_flags_validator override_value
    register_multi_flags_validator register_validator set_default text_wrap validator
"""
for _name in _OF_ABSL.split():
    register(Lazy("absl.flags", _name), v1=[f"app.flags.{_name}", f"flags.{_name}"])


@public(v1=("app.run",))
def run(main: Callable[[list[str]], Any] | None = None, argv: list[str] | None = None) -> None:
    """Read the command line and call `main(argv)`, by default the `main` of the program; then exit with its answer.

    Arguments that are no flags, and unknown flags, are left in `argv`; `--help` prints the flags. A flag that cannot be
    read ends the program with its usage.
    """
    from absl import app
    jax_logger = logging.getLogger("jax")
    if jax_logger.level == logging.NOTSET:
        jax_logger.setLevel(logging.WARNING)  # absl lets every logger tell all that it does
    function = main or sys.modules["__main__"].main  # type: ignore[attr-defined]
    app.run(main=function, argv=argv, flags_parser=_parsed)


def _parsed(arguments: list[str]) -> list[str]:
    """What is left of the command line once the flags are read; a flag that cannot be read ends the program."""
    flags = _absl()
    try:
        return flags.FLAGS(arguments, known_only=True)
    except flags.Error as error:
        print(f"FATAL Flags parsing error: {error}\nPass --helpshort or --helpfull to see help on flags.",
              file=sys.stderr)
        sys.exit(1)
