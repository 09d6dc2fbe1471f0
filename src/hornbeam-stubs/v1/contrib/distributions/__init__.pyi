"""The public names of `hornbeam.v1.contrib.distributions`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.distributions import bijectors as bijectors
from hornbeam.v1.contrib.distributions.counts import Binomial as Binomial
from hornbeam.v1.contrib.distributions.counts import Geometric as Geometric
from hornbeam.v1.contrib.distributions.counts import NegativeBinomial as NegativeBinomial
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
from hornbeam.v1.contrib.distributions.points import Cauchy as Cauchy
from hornbeam.v1.contrib.distributions.points import Deterministic as Deterministic
from hornbeam.v1.contrib.distributions.points import VectorDeterministic as VectorDeterministic
from hornbeam.v1.contrib.distributions.positive import BetaWithSoftplusConcentration as BetaWithSoftplusConcentration
from hornbeam.v1.contrib.distributions.positive import Chi2 as Chi2
from hornbeam.v1.contrib.distributions.positive import Chi2WithAbsDf as Chi2WithAbsDf
from hornbeam.v1.contrib.distributions.positive import ExponentialWithSoftplusRate as ExponentialWithSoftplusRate
from hornbeam.v1.contrib.distributions.positive import GammaWithSoftplusConcentrationRate as GammaWithSoftplusConcentrationRate
from hornbeam.v1.contrib.distributions.positive import HalfNormal as HalfNormal
from hornbeam.v1.contrib.distributions.positive import InverseGamma as InverseGamma
from hornbeam.v1.contrib.distributions.positive import InverseGammaWithSoftplusConcentrationRate as InverseGammaWithSoftplusConcentrationRate
from hornbeam.v1.contrib.distributions.positive import LaplaceWithSoftplusScale as LaplaceWithSoftplusScale
from hornbeam.v1.contrib.distributions.positive import StudentTWithAbsDfSoftplusScale as StudentTWithAbsDfSoftplusScale
from hornbeam.v1.contrib.distributions.transformed import TransformedDistribution as TransformedDistribution
from hornbeam.v1.contrib.distributions.vectors import Independent as Independent
from hornbeam.v1.contrib.distributions.vectors import MultivariateNormalDiag as MultivariateNormalDiag
from hornbeam.v1.contrib.distributions.vectors import MultivariateNormalDiagWithSoftplusScale as MultivariateNormalDiagWithSoftplusScale
from hornbeam.v1.contrib.distributions.vectors import MultivariateNormalFullCovariance as MultivariateNormalFullCovariance
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
