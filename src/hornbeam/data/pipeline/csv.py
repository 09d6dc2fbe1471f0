"""Rows of CSV files as elements, and SQL queries."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import numpy as np

from hornbeam.backend.records import open_bytes
from hornbeam.data.pipeline.files import compression_of
from hornbeam.data.pipeline.node import boxed
from hornbeam.graph import errors
from hornbeam.graph.dtypes import DType
from hornbeam.ops.files import told


def records(file: BinaryIO, quotes: bool) -> Iterator[bytes]:
    """The records of an open CSV file (RFC 4180) as text, with whether quotes may stand in it.

    Raises InvalidArgumentError where the file ends within quotes.
    """
    pending = b""
    for line in file:
        pending += line
        if quotes and pending.count(b'"') % 2:
            continue  # a line end within quotes
        text = pending[:-2] if pending.endswith(b"\r\n") else pending[:-1] if pending[-1:] in b"\r\n" else pending
        pending = b""
        yield text
    if pending:
        raise errors.InvalidArgumentError(None, None, "Reached end of file without closing quoted field in record")


def _fields(text: bytes, delimiter: bytes, quotes: bool) -> list[tuple[bytes, bool]]:
    if not quotes or b'"' not in text:
        return [(f, False) for f in text.split(delimiter)]
    found: list[tuple[bytes, bool]] = []
    at = 0
    while True:
        if text[at:at + 1] == b'"':
            field, at = _quoted(text, at + 1, delimiter)
            found.append((field, True))
        else:
            end = text.find(delimiter, at)
            field = text[at:] if end < 0 else text[at:end]
            if b'"' in field:
                raise errors.InvalidArgumentError(None, None, "Unquoted fields cannot have quotes inside")
            found.append((field, False))
            at = len(text) if end < 0 else end
        if at >= len(text):
            return found
        at += len(delimiter)


def _quoted(text: bytes, at: int, delimiter: bytes) -> tuple[bytes, int]:
    parts = []
    while True:
        end = text.index(b'"', at)
        parts.append(text[at:end])
        if text[end + 1:end + 2] != b'"':
            break
        parts.append(b'"')
        at = end + 2
    end += 1
    if end < len(text) and text[end:end + len(delimiter)] != delimiter:
        raise errors.InvalidArgumentError(None, None, "Quote inside a string has to be escaped by another quote")
    return b"".join(parts), end


def csv_rows(names: np.ndarray, compression: np.ndarray, buffer_size: int, header: bool, delimiter: bytes,
             quotes: bool, na_value: bytes, columns: Sequence[int], defaults: Sequence[np.ndarray],
             kinds: Sequence[DType]) -> Iterator[Any]:
    """The rows of CSV files, as arrays of the given dtypes; an error in the place of a row that does not fit.

    columns: which fields, all where it is empty. An empty default (no element) says that a field must be there.
    """
    for name in names.reshape(-1).tolist():
        with told():
            file = open_bytes(os.fsdecode(name), compression_of(compression), buffer_size)
        with file:
            rows = records(file, quotes)
            if header:
                next(rows, None)
            for text in rows:
                try:
                    yield _row(_fields(text, delimiter, quotes), columns, defaults, kinds, na_value)
                except errors.OpError as error:
                    yield error  # the rows that follow can be read


def _row(fields: list[tuple[bytes, bool]], columns: Sequence[int], defaults: Sequence[np.ndarray],
         kinds: Sequence[DType], na_value: bytes) -> list[np.ndarray]:
    wanted = list(columns) or list(range(len(kinds)))
    made = [field_value(*fields[c], defaults[i], kinds[i], na_value, i) for i, c in enumerate(wanted)
            if c < len(fields)]
    if len(made) < len(kinds) or (not columns and len(fields) > len(kinds)):
        have = "more" if len(fields) > len(kinds) else len(made)
        raise errors.InvalidArgumentError(None, None, f"Expect {len(kinds)} fields but have {have} in record")
    return made


def field_value(text: bytes, quoted: bool, default: np.ndarray, kind: DType, na_value: bytes, index: int
                ) -> np.ndarray:
    """One field as a scalar array. Raises InvalidArgumentError where it is no value of that dtype."""
    if (not text or text == na_value) and not (quoted and kind.name == "string" and text):
        if not default.size:
            raise errors.InvalidArgumentError(None, None, f"Field {index} is required but missing in record!")
        return np.asarray(default.reshape(-1)[0], None if kind.name == "string" else kind.np_dtype) \
            if kind.name != "string" else boxed(default.reshape(-1)[0])
    if kind.name == "string":
        return boxed(text)
    try:
        number: Any = int(text.strip()) if kind.is_integer else float(text.strip())
        if kind.is_integer and not kind.min <= number <= kind.max:
            raise ValueError("too large")
        return np.array(number, kind.np_dtype)
    except ValueError:
        shown = text.decode(errors="replace")
        raise errors.InvalidArgumentError(
            None, None, f"Field {index} in record is not a valid {kind.name}: {shown}") from None


def sql_rows(driver: str, source: str, query: str, kinds: Sequence[DType]) -> Iterator[list[np.ndarray]]:
    """The rows of a query. Raises InvalidArgumentError for drivers other than sqlite, and for queries that fail."""
    import sqlite3  # takes a while, and few programs ask a database

    if driver != "sqlite":
        raise errors.InvalidArgumentError(None, None, f"The database type, {driver}, is not supported by SqlDataset. "
                                                      "The set of supported databases is: {'sqlite'}.")
    try:
        connection = sqlite3.connect(source, check_same_thread=False)
    except sqlite3.Error as error:
        raise errors.InvalidArgumentError(None, None, f"Failed to connect to database: {error}") from None
    connection.text_factory = bytes
    try:
        rows = connection.execute(query)
        width = len(rows.description or ())
        if width != len(kinds):
            raise errors.InvalidArgumentError(
                None, None, f"The number of columns in query ({width}) must match the number of elements in "
                f"output_types ({len(kinds)}).")
        for row in rows:
            yield [_sql_value(value, kind) for value, kind in zip(row, kinds, strict=True)]
    except sqlite3.Error as error:
        raise errors.InvalidArgumentError(None, None, f"SQL error: {error}") from None
    finally:
        connection.close()


def _sql_value(value: Any, kind: DType) -> np.ndarray:
    if kind.name == "string":
        return boxed(b"" if value is None else value if isinstance(value, bytes) else str(value).encode())
    if kind.name == "bool":
        return np.array(bool(value))
    if isinstance(value, bytes):
        value = float(value or 0)
    return np.array(0 if value is None else value).astype(kind.np_dtype)
