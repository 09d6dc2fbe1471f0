"""The public names of `hornbeam.v1.contrib`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib import cudnn_rnn as cudnn_rnn
from hornbeam.v1.contrib import data as data
from hornbeam.v1.contrib import distributions as distributions
from hornbeam.v1.contrib import eager as eager
from hornbeam.v1.contrib import estimator as estimator
from hornbeam.v1.contrib import feature_column as feature_column
from hornbeam.v1.contrib import framework as framework
from hornbeam.v1.contrib import image as image
from hornbeam.v1.contrib import layers as layers
from hornbeam.v1.contrib import learn as learn
from hornbeam.v1.contrib import legacy_seq2seq as legacy_seq2seq
from hornbeam.v1.contrib import lookup as lookup
from hornbeam.v1.contrib import losses as losses
from hornbeam.v1.contrib import metrics as metrics
from hornbeam.v1.contrib import opt as opt
from hornbeam.v1.contrib import rnn as rnn
from hornbeam.v1.contrib import seq2seq as seq2seq
from hornbeam.v1.contrib import slim as slim
from hornbeam.v1.contrib import summary as summary
from hornbeam.v1.contrib import tensorboard as tensorboard
from hornbeam.v1.contrib import training as training
