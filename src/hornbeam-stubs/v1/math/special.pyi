"""The public names of `hornbeam.v1.math.special`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.math import bessel_i0 as bessel_i0
from hornbeam.math import bessel_i0e as bessel_i0e
from hornbeam.math import bessel_i1 as bessel_i1
from hornbeam.math import bessel_i1e as bessel_i1e
from hornbeam.math.special import expint as expint
from hornbeam.math.special import spence as spence
