"""Lines of comma-separated values as tensors, one a column."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType, c_name
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops.dims import ShapeFault

_TYPES = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)
_QUOTE, _BREAKS = ord('"'), b"\r\n"


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)


@final
class _Splitter:
    """Cuts records into fields: between delimiters, quotes around those that hold delimiters or quotes."""

    def __init__(self, delimiter: bytes, quotes: bool) -> None:
        self._delimiter, self._quotes = delimiter, quotes

    def fields(self, record: bytes) -> list[bytes]:
        """The fields of a record. Raises InvalidArgumentError for quotes and line breaks where none may be."""
        if self._quotes and b'"' in record:
            return self._quoted(record)
        if not record:
            return []
        fields = record.split(self._delimiter)
        if b"\n" in record or b"\r" in record:
            fields = self._without_breaks(fields)
        return fields

    @staticmethod
    def _without_breaks(fields: list[bytes]) -> list[bytes]:
        """Line breaks may come before a field; a last field of nothing else is none."""
        out = [field.lstrip(_BREAKS) for field in fields]
        for field in out:
            _refuse_marks(field, quotes=False)
        if fields[-1] and not out[-1]:
            out.pop()
        return out

    def _quoted(self, record: bytes) -> list[bytes]:
        fields: list[bytes] = []
        mark, end, at = self._delimiter[0], len(record), 0
        while at < end:
            if record[at] in _BREAKS:
                at += 1
            elif record[at] == _QUOTE:
                field, at = self._in_quotes(record, at + 1)
                fields.append(field)
            else:
                stop = record.find(self._delimiter, at)
                stop = end if stop < 0 else stop
                _refuse_marks(record[at:stop], quotes=True)
                fields.append(record[at:stop])
                at = stop + 1
        if record[-1] == mark:
            fields.append(b"")
        return fields

    def _in_quotes(self, record: bytes, at: int) -> tuple[bytes, int]:
        """The field whose quote was opened before `at`, and where the next one begins."""
        parts = []
        last = len(record) - 1
        while True:
            quote = record.find(b'"', at)
            if quote < 0:
                raise _invalid("Quoted field has to end with quote followed by delim or end")
            parts.append(record[at:quote])
            if quote == last or record[quote + 1:quote + 2] == self._delimiter:
                return b"".join(parts), quote + 2
            if record[quote + 1] != _QUOTE:
                raise _invalid("Quote inside a string has to be escaped by another quote")
            parts.append(b'"')
            at = quote + 2


def _refuse_marks(field: bytes, quotes: bool) -> None:
    if b"\n" in field or b"\r" in field or (quotes and b'"' in field):
        raise _invalid("Unquoted fields cannot have quotes/CRLFs inside")


def _integer(dtype: DType) -> Callable[[bytes], int]:
    low, high = dtype.min, dtype.max

    def read(field: bytes) -> int:
        value = int(field)
        if not low <= value <= high or b"_" in field:
            raise ValueError
        return value

    return read


def _real(field: bytes) -> float:
    if b"_" in field:
        raise ValueError
    return float(field)


def _column(fields: Sequence[bytes], number: int, dtype: DType, default: np.ndarray, missing: bytes) -> np.ndarray:
    """One field of each record as an array. Raises InvalidArgumentError for what is missing or no number."""
    read: Any = None if dtype is dtypes.string else _integer(dtype) if dtype.is_integer else _real
    given = default.reshape(-1)[0] if default.size else None
    out = np.empty(len(fields), dtype.np_dtype)
    for i, field in enumerate(fields):
        if not field or field == missing:
            if given is None:
                raise _invalid(f"Field {number} is required but missing in record {i}!")
            out[i] = given
        elif read is None:
            out[i] = field
        else:
            try:
                out[i] = read(field)
            except ValueError:
                raise _invalid(f"Field {number} in record {i} is not a valid {c_name(dtype)}: "
                               f"{field.decode('utf-8', 'replace')}") from None
    return out


@op("DecodeCSV", inputs="records: string, record_defaults: list", host=True, returns_list=True, gives_strings=False,
    differentiable=never("strings"), attr_types={"OUT_TYPE": "list(type)"},
    samples=lambda rng: [((np.array([b"1,2.5,a", b'3,,"b,c"'], object),
                           [np.array([0], np.int32), np.array([9.0], np.float32), np.array([b""], object)]), {})])
def decode_csv_op(records, record_defaults, *, field_delim: str = ",", use_quote_delim: bool = True,
                  na_value: str = "", select_cols: Any = (), OUT_TYPE: Any = ()):
    """The columns of records of comma-separated values."""
    delimiter = field_delim.encode()
    if len(delimiter) != 1:
        raise ShapeFault("field_delim should be only 1 char")
    types = [_dtype(d) for d in record_defaults]
    splitter = _Splitter(delimiter, use_quote_delim)
    rows = []
    for i, record in enumerate(records.reshape(-1)):
        fields = splitter.fields(record)
        if select_cols:
            fields = [fields[c] for c in select_cols if c < len(fields)]
        if len(fields) != len(types):
            raise _invalid(f"Expect {len(types)} fields but have {len(fields)} in record {i}")
        rows.append(fields)
    columns = zip(*rows, strict=True) if rows else [()] * len(types)
    missing = na_value.encode()
    with np.errstate(over="ignore"):
        return [_column(fields, i, dtype, default, missing).reshape(records.shape)
                for i, (fields, dtype, default) in enumerate(zip(columns, types, record_defaults, strict=True))]


def _dtype(array: np.ndarray) -> DType:
    return dtypes.from_numpy(array.dtype)


@decode_csv_op.shape
def _(inputs, attrs):
    records, defaults = inputs
    for default in defaults:
        if default.dims is not None and (len(default.dims) > 1 or (default.dims and (default.dims[0] or 0) > 1)):
            raise ShapeFault("Shape of a default must be a length-0 or length-1 vector, or a scalar.")
    return [(records.dims, d.dtype) for d in defaults]


@public(v2=("io.decode_csv",))
def decode_csv(records: Any, record_defaults: Sequence[Any], field_delim: str = ",", use_quote_delim: bool = True,
               na_value: str = "", select_cols: Sequence[int] | None = None, name: str | None = None) -> list[Any]:
    """The columns of lines of comma-separated values: a list of tensors, each in the shape of `records`.

    records: strings, one line each. record_defaults: for each column what stands for an empty field, a list or vector
    of one element, or of none where the field is required; its dtype, float32, float64, int32, int64 or string, is the
    column's. field_delim: one character. use_quote_delim: whether quotes go around fields. na_value: what else counts
    as empty. select_cols: the numbers of the columns, in order, by default all. Raises ValueError for columns out of
    order; when it runs, InvalidArgumentError for lines that do not fit.

    >>> [column.numpy().tolist() for column in decode_csv(["1,a", "2,"], [[0], ["none"]])]
    [[1, 2], [b'a', b'none']]
    """
    if select_cols is not None:
        if any(a >= b for a, b in itertools.pairwise(select_cols)):
            raise ValueError("select_cols is not strictly increasing.")
        if select_cols and select_cols[0] < 0:
            raise ValueError("select_cols contains negative values.")
        if len(select_cols) != len(record_defaults):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    made = decode_csv_op(records, record_defaults, field_delim=field_delim, use_quote_delim=use_quote_delim,
                         na_value=na_value, select_cols=select_cols or (), name=name)
    for column in made:
        if column.dtype.base_dtype not in _TYPES:
            raise TypeError(f"Value passed to parameter 'record_defaults' has DataType {column.dtype.name} not in list "
                            f"of allowed values: {', '.join(d.name for d in _TYPES)}")
    return made


@public(v1=("io.decode_csv", "decode_csv"))
def decode_csv_v1(records: Any, record_defaults: Sequence[Any], field_delim: str = ",", use_quote_delim: bool = True,
                  name: str | None = None, na_value: str = "",
                  select_cols: Sequence[int] | None = None) -> list[Any]:
    """The columns of lines of comma-separated values: see TF2's `io.decode_csv`."""
    return decode_csv(records, record_defaults, field_delim, use_quote_delim, na_value, select_cols, name)
