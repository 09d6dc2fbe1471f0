"""`tf.app` and `tf.flags`: the command line of TF1 programs, on absl."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from hornbeam.graph.names import public, register


def _absl() -> Any:
    from absl import flags
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

    def __call__(self, argv: list[str], known_only: bool = False) -> list[str]:
        return _absl().FLAGS(argv, known_only)


FLAGS = _Flags()
register(FLAGS, v1=("app.flags.FLAGS", "flags.FLAGS"))


def _define(kind: str, *extra: str) -> None:
    """`DEFINE_string` and its like, under absl's argument names and TF1's older ones."""
    def define(*args: Any, **kwargs: Any) -> Any:
        for old, now in (("flag_name", "name"), ("default_value", "default"), ("docstring", "help")):
            if old in kwargs:
                kwargs[now] = kwargs.pop(old)
        return getattr(_absl(), kind)(*args, **kwargs)

    define.__name__ = kind
    define.__doc__ = f"Define a command-line flag: name, default, help (`absl.flags.{kind}`)."
    names = [kind, *extra]
    register(define, v1=[f"{space}.{n}" for space in ("app.flags", "flags") for n in names])


_define("DEFINE_string")
_define("DEFINE_integer")
_define("DEFINE_float")
_define("DEFINE_boolean", "DEFINE_bool")
_define("DEFINE_list")
_define("DEFINE_enum")
_define("DEFINE_multi_string")
_define("DEFINE_multi_integer")
_define("DEFINE_multi_float")
_define("DEFINE_spaceseplist")
_define("mark_flag_as_required")
_define("mark_flags_as_required")


@public(v1=("app.run",))
def run(main: Callable[[list[str]], Any] | None = None, argv: list[str] | None = None) -> None:
    """Read the command line and call `main(argv)`, by default the `main` of the program; then exit with its answer.

    Arguments that are no flags, and unknown flags, are left in `argv`.
    """
    arguments = sys.argv if argv is None else argv
    rest = _absl().FLAGS(arguments, known_only=True)
    function = main or sys.modules["__main__"].main  # type: ignore[attr-defined]
    sys.exit(function(rest))
