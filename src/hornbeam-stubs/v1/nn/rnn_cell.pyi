"""The public names of `hornbeam.v1.nn.rnn_cell`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.rnn import BasicLSTMCell as BasicLSTMCell
from hornbeam.v1.contrib.rnn import BasicRNNCell as BasicRNNCell
from hornbeam.v1.contrib.rnn import DeviceWrapper as DeviceWrapper
from hornbeam.v1.contrib.rnn import DropoutWrapper as DropoutWrapper
from hornbeam.v1.contrib.rnn import EmbeddingWrapper as EmbeddingWrapper
from hornbeam.v1.contrib.rnn import GRUCell as GRUCell
from hornbeam.v1.contrib.rnn import InputProjectionWrapper as InputProjectionWrapper
from hornbeam.v1.contrib.rnn import LSTMCell as LSTMCell
from hornbeam.v1.contrib.rnn import LSTMStateTuple as LSTMStateTuple
from hornbeam.v1.contrib.rnn import MultiRNNCell as MultiRNNCell
from hornbeam.v1.contrib.rnn import OutputProjectionWrapper as OutputProjectionWrapper
from hornbeam.v1.contrib.rnn import RNNCell as RNNCell
from hornbeam.v1.contrib.rnn import ResidualWrapper as ResidualWrapper
