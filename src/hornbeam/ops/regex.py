"""Regular expressions on strings, in RE2's syntax (`re2_syntax.py`)."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import rules
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.re2_syntax import BadPattern, compiled
from hornbeam.ops.strings import mapped

_NEVER = never("strings")
_REFERENCE = re.compile(r"\\([0-9])")


def _pattern(pattern: bytes) -> re.Pattern[str]:
    try:
        return compiled(pattern)
    except BadPattern as error:
        text = pattern.decode("utf-8", "replace")
        raise ShapeFault(f"Invalid pattern: {text}, error: {error}") from None


def _scalar(value: np.ndarray, what: str) -> bytes:
    if value.ndim:
        raise ShapeFault(f"{what} must be scalar, but received {rules.text(value.shape)}")
    return value.item()


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


# Replacing ------------------------------------------------------------------------------------------


def _written(rewrite: str, found: re.Match[str]) -> tuple[str, bool]:
    """The rewrite with its groups put in, up to an escape that means nothing; whether it was whole."""
    out, at = [], 0
    while at < len(rewrite):
        char = rewrite[at]
        if char != "\\":
            out.append(char)
            at += 1
            continue
        after = rewrite[at + 1:at + 2]
        if after == "\\":
            out.append("\\")
        elif after.isascii() and after.isdigit():
            out.append(found[int(after)] or "")
        else:
            return "".join(out), False
        at += 2
    return "".join(out), True


def _replaced(pattern: re.Pattern[str], rewrite: str, all_of_them: bool, data: bytes) -> bytes:
    """`data` with matches replaced; as it is where the rewrite names a group that there is not."""
    most = max((int(g) for g in _REFERENCE.findall(rewrite.replace("\\\\", ""))), default=0)
    if most > pattern.groups:
        return data
    text = _text(data)
    out: list[str] = []
    at = last = 0
    ended = -1
    while at <= len(text):
        found = pattern.search(text, at)
        if found is None:
            break
        if found.start() == found.end() == ended:  # an empty match right after a match is none
            at += 1
            ended = -1
            continue
        written, whole = _written(rewrite, found)
        if not all_of_them and not whole:
            return data
        out += (text[last:found.start()], written)
        at = last = ended = found.end()
        if not all_of_them:
            break
    return _bytes("".join([*out, text[last:]]))


def _replace_all(input: np.ndarray, pattern: bytes, rewrite: bytes, replace_global: bool) -> np.ndarray:
    form, text = _pattern(pattern), _text(rewrite)
    return mapped(lambda s: _replaced(form, text, replace_global, s), input)


def _samples(*rest: Any, **attrs: Any) -> Any:
    words = np.array([b"aab", b"", "h\u00e9 1".encode()], object)
    return lambda rng: [((words, *rest), attrs), ((np.array(b"baac", object), *rest), attrs)]


@op("RegexReplace", inputs="input: string, pattern: string, rewrite: string", host=True, differentiable=_NEVER,
    samples=_samples(np.array(b"(a+)", object), np.array(rb"<\1>", object)))
def regex_replace_op(input, pattern, rewrite, *, replace_global: bool = True):
    """Strings in which what matches `pattern` is replaced; both are scalars."""
    return _replace_all(input, _scalar(pattern, "Pattern"), _scalar(rewrite, "Rewrite"), replace_global)


@op("StaticRegexReplace", inputs="input: string", host=True, differentiable=_NEVER,
    samples=_samples(pattern="a*", rewrite="-"))
def static_regex_replace_op(input, *, pattern: str, rewrite: str, replace_global: bool = True):
    """Strings in which what matches `pattern` is replaced."""
    return _replace_all(input, _bytes(pattern), _bytes(rewrite), replace_global)


@public("strings.regex_replace", v1=("regex_replace",))
def regex_replace(input: Any, pattern: Any, rewrite: Any, replace_global: bool = True,
                  name: str | None = None) -> Any:
    r"""Strings in which what matches `pattern` (RE2's syntax) is replaced by `rewrite`; the shape of `input`.

    rewrite: `\0` stands for the whole match, `\1` to `\9` for the groups, two backslashes for one. replace_global:
    every match, else the first. Raises InvalidArgumentError for a pattern that is none.

    >>> regex_replace(["2026-11-26"], r"(\d+)-(\d+)-(\d+)", r"\3.\2.\1").numpy().tolist()
    [b'26.11.2026']
    """
    if isinstance(pattern, str | bytes) and isinstance(rewrite, str | bytes):
        return static_regex_replace_op(input, pattern=_text(_bytes(pattern)), rewrite=_text(_bytes(rewrite)),
                                       replace_global=replace_global, name=name)
    return regex_replace_op(input, pattern, rewrite, replace_global=replace_global, name=name)


# Matching -------------------------------------------------------------------------------------------


def _matches(input: np.ndarray, pattern: bytes) -> np.ndarray:
    form = _pattern(pattern)
    return mapped(lambda s: form.fullmatch(_text(s)) is not None, input, bool)


@op("RegexFullMatch", inputs="input: string, pattern: string", host=True, gives_strings=False, differentiable=_NEVER,
    samples=_samples(np.array(b"a.*", object)))
def regex_full_match_op(input, pattern):
    """Whether each string as a whole matches `pattern`, a scalar."""
    return _matches(input, _scalar(pattern, "Pattern"))


@op("StaticRegexFullMatch", inputs="input: string", host=True, gives_strings=False, differentiable=_NEVER,
    samples=_samples(pattern="(?i)A.*"))
def static_regex_full_match_op(input, *, pattern: str):
    """Whether each string as a whole matches `pattern`."""
    return _matches(input, _bytes(pattern))


@public("strings.regex_full_match")
def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Any:
    """Whether each string as a whole matches `pattern` (RE2's syntax): bool, the shape of `input`.

    Raises InvalidArgumentError for a pattern that is none.

    >>> regex_full_match(["a1", "1a"], "[a-z][0-9]").numpy().tolist()
    [True, False]
    """
    if isinstance(pattern, str | bytes):
        return static_regex_full_match_op(input, pattern=_text(_bytes(pattern)), name=name)
    return regex_full_match_op(input, pattern, name=name)


for _op, _dtype in ((regex_replace_op, dtypes.string), (static_regex_replace_op, dtypes.string),
                    (regex_full_match_op, dtypes.bool), (static_regex_full_match_op, dtypes.bool)):
    _op.shape(rules.as_first_but(_dtype))
