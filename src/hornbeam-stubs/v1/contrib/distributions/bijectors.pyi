"""The public names of `hornbeam.v1.contrib.distributions.bijectors`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.distributions.bijector_base import Bijector as Bijector
from hornbeam.v1.contrib.distributions.bijector_base import Chain as Chain
from hornbeam.v1.contrib.distributions.bijector_base import Inline as Inline
from hornbeam.v1.contrib.distributions.bijector_base import Invert as Invert
from hornbeam.v1.contrib.distributions.simple_bijectors import Affine as Affine
from hornbeam.v1.contrib.distributions.simple_bijectors import AffineLinearOperator as AffineLinearOperator
from hornbeam.v1.contrib.distributions.simple_bijectors import AffineScalar as AffineScalar
from hornbeam.v1.contrib.distributions.simple_bijectors import Exp as Exp
from hornbeam.v1.contrib.distributions.simple_bijectors import Gumbel as Gumbel
from hornbeam.v1.contrib.distributions.simple_bijectors import Identity as Identity
from hornbeam.v1.contrib.distributions.simple_bijectors import Kumaraswamy as Kumaraswamy
from hornbeam.v1.contrib.distributions.simple_bijectors import Ordered as Ordered
from hornbeam.v1.contrib.distributions.simple_bijectors import Permute as Permute
from hornbeam.v1.contrib.distributions.simple_bijectors import PowerTransform as PowerTransform
from hornbeam.v1.contrib.distributions.simple_bijectors import Sigmoid as Sigmoid
from hornbeam.v1.contrib.distributions.simple_bijectors import SinhArcsinh as SinhArcsinh
from hornbeam.v1.contrib.distributions.simple_bijectors import SoftmaxCentered as SoftmaxCentered
from hornbeam.v1.contrib.distributions.simple_bijectors import Softplus as Softplus
from hornbeam.v1.contrib.distributions.simple_bijectors import Softsign as Softsign
from hornbeam.v1.contrib.distributions.simple_bijectors import Square as Square
