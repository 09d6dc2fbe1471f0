"""The public names of `hornbeam.v1.contrib.cudnn_rnn`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.cudnn_rnn.cells import CudnnCompatibleGRUCell as CudnnCompatibleGRUCell
from hornbeam.v1.contrib.cudnn_rnn.cells import CudnnCompatibleLSTMCell as CudnnCompatibleLSTMCell
