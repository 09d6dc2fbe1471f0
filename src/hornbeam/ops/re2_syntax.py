"""Regular expressions in RE2's syntax, which TensorFlow uses, as patterns of Python's `re`.

In: a pattern. Out: a compiled pattern over text in which each byte that is not UTF-8 stands as a lone surrogate
(`errors="surrogateescape"`). What RE2 refuses (look-around, references to groups) is refused in its words. The two
differ in the time they take: Python's tries alternatives one after the other, which a nested repetition can make
exponential, and in what a group holds after a repetition of something that may be empty. Unicode's scripts
(`\\p{Greek}`) and single bytes (`\\C`) are refused.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple, final

Ranges = list[tuple[int, int]]

_LAST = sys.maxunicode
_SURROGATES = (0xD800, 0xDFFF)
_MOST_REPEATS = 1000
_LETTERS: Ranges = [(65, 90), (97, 122)]
_DIGITS: Ranges = [(48, 57)]
_PERL: dict[str, Ranges] = {"d": _DIGITS, "w": [*_DIGITS, *_LETTERS, (95, 95)], "s": [(9, 10), (12, 13), (32, 32)]}
_POSIX: dict[str, Ranges] = {
    "alnum": [*_DIGITS, *_LETTERS], "alpha": _LETTERS, "ascii": [(0, 127)], "blank": [(9, 9), (32, 32)],
    "cntrl": [(0, 31), (127, 127)], "digit": _DIGITS, "graph": [(33, 126)], "lower": [(97, 122)],
    "print": [(32, 126)], "punct": [(33, 47), (58, 64), (91, 96), (123, 126)], "space": [(9, 13), (32, 32)],
    "upper": [(65, 90)], "word": _PERL["w"], "xdigit": [*_DIGITS, (65, 70), (97, 102)]}
_CONTROLS = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_AT = {"A": r"\A", "z": r"\Z", "b": r"(?a:\b)", "B": r"(?!(?a:\b))"}
_REPEAT = re.compile(r"\{(\d+)(,(\d*))?\}")
_POSIX_NAME = re.compile(r"\[:(\^?)(\w+):\]")
_PROPERTY = re.compile(r"\\([pP])(?:\{(\^?)(\w+)\}|(\w))")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})")
_NAMED = re.compile(r"\(\?P?<\w+>")
_FLAGGED = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])")


class BadPattern(ValueError):
    """A pattern that RE2 would refuse; the text says why, as RE2 does."""


@functools.lru_cache(maxsize=256)
def compiled(pattern: bytes) -> re.Pattern[str]:
    """The pattern over decoded text. Raises BadPattern."""
    try:
        text = pattern.decode()
    except UnicodeDecodeError:
        raise BadPattern("invalid UTF-8") from None
    try:
        return re.compile(_Translation(text).whole())
    except (re.error, RecursionError, OverflowError) as error:
        raise BadPattern(f"{error}: {text}") from None


class _Flags(NamedTuple):
    """What `(?imsU)` sets: case, `^` and `$` at lines, `.` takes newlines, repetitions are lazy."""

    i: bool = False
    m: bool = False
    s: bool = False
    U: bool = False


@final
class _Translation:
    """One pass over a pattern; `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def whole(self) -> str:
        """The pattern in Python's syntax."""
        made = self.alternatives(_Flags())
        if self.at < len(self.text):
            raise BadPattern(f"unexpected ): {self.text}")
        return made

    def ahead(self, count: int = 1) -> str:
        return self.text[self.at:self.at + count]

    def alternatives(self, flags: _Flags) -> str:
        """Up to the end or the bracket that closes the group."""
        out: list[str] = []
        while self.at < len(self.text) and self.ahead() != ")":
            if self.ahead() == "|":
                out.append("|")
                self.at += 1
                continue
            found = _FLAGGED.match(self.text, self.at)
            if found and found[3] == ")":
                self.at = found.end()
                flags = _changed(flags, found)
                continue
            out.append(self.repeated(flags))
        return "".join(out)

    def repeated(self, flags: _Flags) -> str:
        """One item with what repeats it."""
        if self.ahead(2) == "\\Q":
            return self.quoted(flags)
        start = self.at
        if self.repetition() is not None:
            raise BadPattern(f"missing argument to repetition operator: {self.text[start:self.at]}")
        item = self.item(flags)
        begun = self.at
        times = self.repetition()
        if times is None:
            return item
        lazy = self.ahead() == "?"
        self.at += lazy
        if self.repetition() is not None:
            self.at += self.ahead() == "?"
            raise BadPattern(f"bad repetition operator: {self.text[begun:self.at]}")
        return f"(?:{item}){times}{'?' * (lazy != flags.U)}"

    def repetition(self) -> str | None:
        """The repetition that stands here, passed over."""
        if self.ahead() in ("*", "+", "?"):
            self.at += 1
            return self.text[self.at - 1]
        found = _REPEAT.match(self.text, self.at)
        if found is None:
            return None
        low, high = int(found[1]), int(found[3] or 0) if found[2] else int(found[1])
        if max(low, high) > _MOST_REPEATS or (found[3] and high < low):
            raise BadPattern(f"invalid repetition size: {found[0]}")
        self.at = found.end()
        return found[0]

    def quoted(self, flags: _Flags) -> str:
        """The literal text between `\\Q` and `\\E`; what repeats the last character stays apart."""
        end = self.text.find("\\E", self.at)
        end = len(self.text) if end < 0 else end
        inner = self.text[self.at + 2:end]
        self.at = min(end + 2, len(self.text))
        return "".join(_literal(ord(c), flags) for c in inner)

    def item(self, flags: _Flags) -> str:
        """One character, class, place or group."""
        char = self.ahead()
        if char == "(":
            return self.group(flags)
        if char == "[":
            return self.bracketed(flags)
        if char == "\\":
            return self.escaped(flags)
        self.at += 1
        if char == ".":
            return _class([] if flags.s else [(10, 10)], True, flags._replace(i=False))
        if char == "^":
            return "(?m:^)" if flags.m else r"\A"
        if char == "$":
            return "(?m:$)" if flags.m else r"\Z"
        return _literal(ord(char), flags)

    def group(self, flags: _Flags) -> str:
        start, opening = self.at, "("
        flagged, named = _FLAGGED.match(self.text, self.at), _NAMED.match(self.text, self.at)
        if flagged:
            self.at, opening, flags = flagged.end(), "(?:", _changed(flags, flagged)
        elif named:
            self.at = named.end()
        elif self.ahead(2) == "(?":
            raise BadPattern(f"invalid perl operator: {self.ahead(3)}")
        else:
            self.at += 1
        inner = self.alternatives(flags)
        if self.ahead() != ")":
            raise BadPattern(f"missing ): {self.text[start:]}" if start else f"missing ): {self.text}")
        self.at += 1
        return f"{opening}{inner})"

    # Escapes and classes ----------------------------------------------------------------------------

    def escaped(self, flags: _Flags) -> str:
        two = self.ahead(2)
        if two[1:] in _AT and two != "\\":
            self.at += 2
            return _AT[two[1]]
        ranges = self.class_escape()
        if ranges is not None:
            return _class(ranges, False, flags)
        return _literal(self.character(), flags)

    def class_escape(self) -> Ranges | None:
        """`\\d`, `\\W`, `\\pL`, … passed over, or None."""
        letter = self.ahead(2)[1:]
        if letter and letter.lower() in _PERL:
            self.at += 2
            return _PERL[letter] if letter.islower() else _others(_PERL[letter.lower()])
        found = _PROPERTY.match(self.text, self.at)
        if found is None:
            return None
        ranges = _category(found[3] or found[4])
        if not ranges:
            raise BadPattern(f"invalid character class range: {found[0]}")
        self.at = found.end()
        return _others(ranges) if (found[1] == "P") != bool(found[2]) else list(ranges)

    def character(self) -> int:
        """One character, escaped or not, passed over."""
        if self.ahead() != "\\":
            self.at += 1
            return ord(self.text[self.at - 1])
        for form, base in ((_HEX, 16), (_OCTAL, 8)):
            found = form.match(self.text, self.at)
            if found:
                self.at = found.end()
                value = int(found[1] or found[2], base) if form is _HEX else int(found[1], base)
                if value > _LAST:
                    break
                return value
        two = self.ahead(2)
        if len(two) < 2:
            raise BadPattern("trailing \\ at end of regexp")
        letter = two[1]
        if letter in _CONTROLS:
            self.at += 2
            return _CONTROLS[letter]
        if letter.isalnum() or ord(letter) > 127:
            raise BadPattern(f"invalid escape sequence: {two}")
        self.at += 2
        return ord(letter)

    def bracketed(self, flags: _Flags) -> str:
        """`[a-z\\d[:alpha:]]`."""
        start = self.at
        self.at += 1
        negated = self.ahead() == "^"
        self.at += negated
        ranges: Ranges = []
        first = True
        while self.ahead() != "]" or first:
            first = False
            if self.at >= len(self.text):
                raise BadPattern(f"missing ]: {self.text[start:]}")
            ranges += self.class_item()
        self.at += 1
        return _class(ranges, negated, flags)

    def class_item(self) -> Ranges:
        """One part of a class: a range, a character, or a named class."""
        named = _POSIX_NAME.match(self.text, self.at)
        if named:
            if named[2] not in _POSIX:
                raise BadPattern(f"invalid character class range: {named[0]}")
            self.at = named.end()
            return _others(_POSIX[named[2]]) if named[1] else _POSIX[named[2]]
        known = self.class_escape()
        if known is not None:
            return known
        begun = self.at
        low = high = self.character()
        if self.ahead() == "-" and self.ahead(2)[1:] not in ("]", ""):
            self.at += 1
            high = self.character()
        if high < low:
            raise BadPattern(f"invalid character class range: {self.text[begun:self.at]}")
        return [(low, high)]


# Writing --------------------------------------------------------------------------------------------


def _changed(flags: _Flags, found: re.Match[str]) -> _Flags:
    changes = dict.fromkeys(found[1], True) | dict.fromkeys((found[2] or "")[1:], False)
    return flags._replace(**changes)


def _literal(code: int, flags: _Flags) -> str:
    written = re.escape(chr(code))
    return f"(?i:{written})" if flags.i and chr(code).isalpha() else written


def _class(ranges: Sequence[tuple[int, int]], negated: bool, flags: _Flags) -> str:
    """A class that never takes the surrogates, which stand for bytes that are not UTF-8."""
    parts = [*ranges, _SURROGATES] if negated else ranges
    if not parts:
        return "(?!)"
    inner = "".join(f"\\U{low:08x}" + (f"-\\U{high:08x}" if high > low else "") for low, high in parts)
    written = f"[{'^' * negated}{inner}]"
    return f"(?i:{written})" if flags.i else written


def _others(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The characters that are in none of the ranges, without the surrogates."""
    out, at = [], 0
    for low, high in sorted([*ranges, _SURROGATES]):
        if low > at:
            out.append((at, low - 1))
        at = max(at, high + 1)
    return [*out, (at, _LAST)] if at <= _LAST else out


@functools.cache
def _category(name: str) -> tuple[tuple[int, int], ...]:
    """The characters of a general category of Unicode, such as L, Lu or Nd; `Any` is all. Empty if there is none."""
    out: Ranges = []
    for code in range(_LAST + 1):
        if name == "Any" or unicodedata.category(chr(code)).startswith(name):
            if out and out[-1][1] == code - 1:
                out[-1] = out[-1][0], code
            else:
                out.append((code, code))
    return tuple(out)
