"""The public names of `hornbeam.v1.contrib.distributions`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.distributions.further import ExpRelaxedOneHotCategorical as ExpRelaxedOneHotCategorical
from hornbeam.v1.contrib.distributions.further import Logistic as Logistic
from hornbeam.v1.contrib.distributions.further import Mixture as Mixture
from hornbeam.v1.contrib.distributions.further import MixtureSameFamily as MixtureSameFamily
from hornbeam.v1.contrib.distributions.further import NormalWithSoftplusScale as NormalWithSoftplusScale
from hornbeam.v1.contrib.distributions.further import OneHotCategorical as OneHotCategorical
from hornbeam.v1.contrib.distributions.further import Poisson as Poisson
from hornbeam.v1.contrib.distributions.further import RelaxedBernoulli as RelaxedBernoulli
from hornbeam.v1.contrib.distributions.further import RelaxedOneHotCategorical as RelaxedOneHotCategorical
from hornbeam.v1.contrib.distributions.further import softplus_inverse as softplus_inverse
from hornbeam.v1.contrib.distributions.vectors import Independent as Independent
from hornbeam.v1.contrib.distributions.vectors import MultivariateNormalDiag as MultivariateNormalDiag
from hornbeam.v1.contrib.distributions.vectors import MultivariateNormalDiagWithSoftplusScale as MultivariateNormalDiagWithSoftplusScale
from hornbeam.v1.contrib.distributions.vectors import MultivariateNormalTriL as MultivariateNormalTriL
from hornbeam.v1.distributions.choices import Bernoulli as Bernoulli
from hornbeam.v1.distributions.choices import Categorical as Categorical
from hornbeam.v1.distributions.distribution import Distribution as Distribution
from hornbeam.v1.distributions.distribution import ReparameterizationType as ReparameterizationType
from hornbeam.v1.distributions.distribution import ReparameterizationType as _ReparameterizationType
from hornbeam.v1.distributions.divergences import RegisterKL as RegisterKL
from hornbeam.v1.distributions.divergences import kl_divergence as kl_divergence
from hornbeam.v1.distributions.positive import Beta as Beta
from hornbeam.v1.distributions.positive import Exponential as Exponential
from hornbeam.v1.distributions.positive import Gamma as Gamma
from hornbeam.v1.distributions.real_line import Laplace as Laplace
from hornbeam.v1.distributions.real_line import Normal as Normal
from hornbeam.v1.distributions.real_line import StudentT as StudentT
from hornbeam.v1.distributions.real_line import Uniform as Uniform
from hornbeam.v1.distributions.simplex import Dirichlet as Dirichlet
from hornbeam.v1.distributions.simplex import DirichletMultinomial as DirichletMultinomial
from hornbeam.v1.distributions.simplex import Multinomial as Multinomial

FULLY_REPARAMETERIZED: _ReparameterizationType
NOT_REPARAMETERIZED: _ReparameterizationType
