"""The public names of `hornbeam.v1.distributions`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.distributions import Bernoulli as Bernoulli
from hornbeam.v1.contrib.distributions import Beta as Beta
from hornbeam.v1.contrib.distributions import Categorical as Categorical
from hornbeam.v1.contrib.distributions import Dirichlet as Dirichlet
from hornbeam.v1.contrib.distributions import DirichletMultinomial as DirichletMultinomial
from hornbeam.v1.contrib.distributions import Distribution as Distribution
from hornbeam.v1.contrib.distributions import Exponential as Exponential
from hornbeam.v1.contrib.distributions import FULLY_REPARAMETERIZED as FULLY_REPARAMETERIZED
from hornbeam.v1.contrib.distributions import Gamma as Gamma
from hornbeam.v1.contrib.distributions import Laplace as Laplace
from hornbeam.v1.contrib.distributions import Multinomial as Multinomial
from hornbeam.v1.contrib.distributions import NOT_REPARAMETERIZED as NOT_REPARAMETERIZED
from hornbeam.v1.contrib.distributions import Normal as Normal
from hornbeam.v1.contrib.distributions import RegisterKL as RegisterKL
from hornbeam.v1.contrib.distributions import ReparameterizationType as ReparameterizationType
from hornbeam.v1.contrib.distributions import StudentT as StudentT
from hornbeam.v1.contrib.distributions import Uniform as Uniform
from hornbeam.v1.contrib.distributions import kl_divergence as kl_divergence
