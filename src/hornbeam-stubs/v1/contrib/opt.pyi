"""The public names of `hornbeam.v1.contrib.opt`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.opt.external import ExternalOptimizerInterface as ExternalOptimizerInterface
from hornbeam.v1.contrib.opt.external import ScipyOptimizerInterface as ScipyOptimizerInterface
from hornbeam.v1.contrib.opt.variants import AdaMaxOptimizer as AdaMaxOptimizer
from hornbeam.v1.contrib.opt.variants import AddSignOptimizer as AddSignOptimizer
from hornbeam.v1.contrib.opt.variants import LARSOptimizer as LARSOptimizer
from hornbeam.v1.contrib.opt.variants import LazyAdamOptimizer as LazyAdamOptimizer
from hornbeam.v1.contrib.opt.variants import MovingAverageOptimizer as MovingAverageOptimizer
from hornbeam.v1.contrib.opt.variants import NadamOptimizer as NadamOptimizer
from hornbeam.v1.contrib.opt.variants import PowerSignOptimizer as PowerSignOptimizer
from hornbeam.v1.contrib.opt.variants import VariableClippingOptimizer as VariableClippingOptimizer
from hornbeam.v1.contrib.opt.variants import clip_gradients_by_global_norm as clip_gradients_by_global_norm
from hornbeam.v1.contrib.opt.weight_decay import AdamWOptimizer as AdamWOptimizer
from hornbeam.v1.contrib.opt.weight_decay import DecoupledWeightDecayExtension as DecoupledWeightDecayExtension
from hornbeam.v1.contrib.opt.weight_decay import MomentumWOptimizer as MomentumWOptimizer
from hornbeam.v1.contrib.opt.weight_decay import extend_with_decoupled_weight_decay as extend_with_decoupled_weight_decay
