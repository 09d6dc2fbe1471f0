"""The public names of `hornbeam.v1.math.special`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.math import bessel_i0 as bessel_i0
from hornbeam.math import bessel_i0e as bessel_i0e
from hornbeam.math import bessel_i1 as bessel_i1
from hornbeam.math import bessel_i1e as bessel_i1e
from hornbeam.math.special import bessel_j0 as bessel_j0
from hornbeam.math.special import bessel_j1 as bessel_j1
from hornbeam.math.special import bessel_k0 as bessel_k0
from hornbeam.math.special import bessel_k0e as bessel_k0e
from hornbeam.math.special import bessel_k1 as bessel_k1
from hornbeam.math.special import bessel_k1e as bessel_k1e
from hornbeam.math.special import bessel_y0 as bessel_y0
from hornbeam.math.special import bessel_y1 as bessel_y1
from hornbeam.math.special import dawsn as dawsn
from hornbeam.math.special import expint as expint
from hornbeam.math.special import fresnel_cos as fresnel_cos
from hornbeam.math.special import fresnel_sin as fresnel_sin
from hornbeam.math.special import spence as spence
