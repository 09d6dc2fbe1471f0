"""The public names of `hornbeam.v1.train`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train.adagrad import AdadeltaOptimizer as AdadeltaOptimizer
from hornbeam.train.adagrad import AdagradDAOptimizer as AdagradDAOptimizer
from hornbeam.train.adagrad import AdagradOptimizer as AdagradOptimizer
from hornbeam.train.adagrad import ProximalAdagradOptimizer as ProximalAdagradOptimizer
from hornbeam.train.adam import AdamOptimizer as AdamOptimizer
from hornbeam.train.ftrl import FtrlOptimizer as FtrlOptimizer
from hornbeam.train.global_step import assert_global_step as assert_global_step
from hornbeam.train.global_step import create_global_step as create_global_step
from hornbeam.train.global_step import get_global_step as get_global_step
from hornbeam.train.global_step import get_or_create_global_step as get_or_create_global_step
from hornbeam.train.global_step import global_step as global_step
from hornbeam.train.gradient_descent import GradientDescentOptimizer as GradientDescentOptimizer
from hornbeam.train.gradient_descent import MomentumOptimizer as MomentumOptimizer
from hornbeam.train.gradient_descent import ProximalGradientDescentOptimizer as ProximalGradientDescentOptimizer
from hornbeam.train.moving_averages import ExponentialMovingAverage as ExponentialMovingAverage
from hornbeam.train.optimizer import Optimizer as Optimizer
from hornbeam.train.rmsprop import RMSPropOptimizer as RMSPropOptimizer
from hornbeam.train.schedules import cosine_decay as cosine_decay
from hornbeam.train.schedules import cosine_decay_restarts as cosine_decay_restarts
from hornbeam.train.schedules import exponential_decay as exponential_decay
from hornbeam.train.schedules import inverse_time_decay as inverse_time_decay
from hornbeam.train.schedules import linear_cosine_decay as linear_cosine_decay
from hornbeam.train.schedules import natural_exp_decay as natural_exp_decay
from hornbeam.train.schedules import noisy_linear_cosine_decay as noisy_linear_cosine_decay
from hornbeam.train.schedules import piecewise_constant as piecewise_constant
from hornbeam.train.schedules import polynomial_decay as polynomial_decay

piecewise_constant_decay = piecewise_constant
