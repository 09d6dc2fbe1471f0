"""The public names of `hornbeam.debugging`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import Assert as Assert
from hornbeam import assert_equal as assert_equal
from hornbeam import assert_greater as assert_greater
from hornbeam import assert_less as assert_less
from hornbeam import assert_rank as assert_rank
from hornbeam.ops.assertions import assert_near as assert_near
from hornbeam.ops.checks import assert_all_finite as assert_all_finite
from hornbeam.ops.shape_assertions import assert_integer as assert_integer
from hornbeam.ops.shape_assertions import assert_proper_iterable as assert_proper_iterable
from hornbeam.ops.shape_assertions import assert_rank_at_least as assert_rank_at_least
from hornbeam.ops.shape_assertions import assert_rank_in as assert_rank_in
from hornbeam.ops.shape_assertions import assert_same_float_dtype as assert_same_float_dtype
from hornbeam.ops.shape_assertions import assert_scalar as assert_scalar
from hornbeam.ops.shape_assertions import assert_shapes as assert_shapes
from hornbeam.ops.shape_assertions import assert_type as assert_type
from hornbeam.ops.shape_assertions import is_numeric_tensor as is_numeric_tensor
from hornbeam.runtime.watching import disable_check_numerics as disable_check_numerics
from hornbeam.runtime.watching import disable_traceback_filtering as disable_traceback_filtering
from hornbeam.runtime.watching import enable_check_numerics as enable_check_numerics
from hornbeam.runtime.watching import enable_traceback_filtering as enable_traceback_filtering
from hornbeam.runtime.watching import get_log_device_placement as get_log_device_placement
from hornbeam.runtime.watching import is_traceback_filtering_enabled as is_traceback_filtering_enabled
from hornbeam.runtime.watching import set_log_device_placement as set_log_device_placement
from typing import Any

def assert_greater_equal(x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
    r"""The check that x >= y, elementwise."""
def assert_less_equal(x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
    r"""The check that x <= y, elementwise."""
def assert_negative(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
    r"""The check that every element of `x` is < 0."""
def assert_non_negative(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
    r"""The check that every element of `x` is >= 0."""
def assert_non_positive(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
    r"""The check that every element of `x` is <= 0."""
def assert_none_equal(x: Any, y: Any, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x != y, elementwise."""
def assert_positive(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
    r"""The check that every element of `x` is > 0."""
def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    r"""`tensor`, once it is known that it holds neither NaN nor infinity; else InvalidArgumentError with `message`."""
