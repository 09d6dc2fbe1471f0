"""The public names of `hornbeam.dtypes`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import DType as DType
from hornbeam import as_dtype as as_dtype
from hornbeam import bfloat16 as bfloat16
from hornbeam import bool as bool
from hornbeam import cast as cast
from hornbeam import complex as complex
from hornbeam import complex128 as complex128
from hornbeam import complex64 as complex64
from hornbeam import double as _float64
from hornbeam import double as double
from hornbeam import float16 as _half
from hornbeam import float16 as float16
from hornbeam import float32 as float32
from hornbeam import float8_e4m3fn as float8_e4m3fn
from hornbeam import float8_e5m2 as float8_e5m2
from hornbeam import int16 as int16
from hornbeam import int32 as int32
from hornbeam import int4 as int4
from hornbeam import int64 as int64
from hornbeam import int8 as int8
from hornbeam import qint16 as qint16
from hornbeam import qint32 as qint32
from hornbeam import qint8 as qint8
from hornbeam import quint16 as quint16
from hornbeam import quint8 as quint8
from hornbeam import resource as resource
from hornbeam import saturate_cast as saturate_cast
from hornbeam import string as string
from hornbeam import uint16 as uint16
from hornbeam import uint32 as uint32
from hornbeam import uint4 as uint4
from hornbeam import uint64 as uint64
from hornbeam import uint8 as uint8
from hornbeam import variant as variant

float64 = _float64
half = _half
