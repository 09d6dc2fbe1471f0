"""The public names of `hornbeam.v1.dtypes`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.graph.dtypes import DType as DType
from hornbeam.graph.dtypes import DType as _DType
from hornbeam.graph.dtypes import as_dtype as as_dtype
from hornbeam.ops.casts import cast as cast
from hornbeam.ops.casts import complex as complex
from hornbeam.ops.clip import saturate_cast as saturate_cast
from typing import Any
import builtins

def as_string(input: Any, precision: int = -1, scientific: builtins.bool = False, shortest: builtins.bool = False, width: int = -1, fill: str = '', name: str | None = None) -> Any:
    r"""Numbers and truth values as strings, written as C's printf does."""
bfloat16: _DType
bool: _DType
complex128: _DType
complex64: _DType
double: _DType
float16: _DType
float32: _DType
float64: _DType
float8_e4m3fn: _DType
float8_e5m2: _DType
half: _DType
int16: _DType
int32: _DType
int4: _DType
int64: _DType
int8: _DType
qint16: _DType
qint32: _DType
qint8: _DType
quint16: _DType
quint8: _DType
resource: _DType
string: _DType
uint16: _DType
uint32: _DType
uint4: _DType
uint64: _DType
uint8: _DType
variant: _DType
