"""The public names of `hornbeam.v1.debugging`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import Assert as Assert
from hornbeam.debugging import assert_proper_iterable as assert_proper_iterable
from hornbeam.debugging import assert_same_float_dtype as assert_same_float_dtype
from hornbeam.debugging import check_numerics as check_numerics
from hornbeam.debugging import disable_check_numerics as disable_check_numerics
from hornbeam.debugging import disable_traceback_filtering as disable_traceback_filtering
from hornbeam.debugging import enable_check_numerics as enable_check_numerics
from hornbeam.debugging import enable_traceback_filtering as enable_traceback_filtering
from hornbeam.debugging import get_log_device_placement as get_log_device_placement
from hornbeam.debugging import is_numeric_tensor as is_numeric_tensor
from hornbeam.debugging import is_traceback_filtering_enabled as is_traceback_filtering_enabled
from hornbeam.debugging import set_log_device_placement as set_log_device_placement
from hornbeam.math import is_finite as is_finite
from hornbeam.math import is_inf as is_inf
from hornbeam.math import is_nan as is_nan
from hornbeam.math import is_non_decreasing as is_non_decreasing
from hornbeam.math import is_strictly_increasing as is_strictly_increasing
from hornbeam.v1 import assert_equal as assert_equal
from hornbeam.v1 import assert_greater as assert_greater
from hornbeam.v1 import assert_greater_equal as assert_greater_equal
from hornbeam.v1 import assert_integer as assert_integer
from hornbeam.v1 import assert_less as assert_less
from hornbeam.v1 import assert_less_equal as assert_less_equal
from hornbeam.v1 import assert_near as assert_near
from hornbeam.v1 import assert_negative as assert_negative
from hornbeam.v1 import assert_non_negative as assert_non_negative
from hornbeam.v1 import assert_non_positive as assert_non_positive
from hornbeam.v1 import assert_none_equal as assert_none_equal
from hornbeam.v1 import assert_positive as assert_positive
from hornbeam.v1 import assert_rank as assert_rank
from hornbeam.v1 import assert_rank_at_least as assert_rank_at_least
from hornbeam.v1 import assert_rank_in as assert_rank_in
from hornbeam.v1 import assert_scalar as assert_scalar
from hornbeam.v1 import assert_type as assert_type
from hornbeam.v1 import verify_tensor_all_finite as _assert_all_finite
from hornbeam.v1.adapters.assertions import assert_shapes as assert_shapes

assert_all_finite = _assert_all_finite
