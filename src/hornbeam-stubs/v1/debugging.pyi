"""The public names of `hornbeam.v1.debugging`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import Assert as Assert
from hornbeam.debugging import check_numerics as check_numerics
from hornbeam.math import is_finite as is_finite
from hornbeam.math import is_inf as is_inf
from hornbeam.math import is_nan as is_nan
from hornbeam.math import is_non_decreasing as is_non_decreasing
from hornbeam.math import is_strictly_increasing as is_strictly_increasing
