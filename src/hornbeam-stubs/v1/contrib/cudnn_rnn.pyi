"""The public names of `hornbeam.v1.contrib.cudnn_rnn`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.cudnn_rnn.cells import CudnnCompatibleGRUCell as CudnnCompatibleGRUCell
from hornbeam.v1.contrib.cudnn_rnn.cells import CudnnCompatibleLSTMCell as CudnnCompatibleLSTMCell
from hornbeam.v1.contrib.cudnn_rnn.layers import CudnnGRU as CudnnGRU
from hornbeam.v1.contrib.cudnn_rnn.layers import CudnnLSTM as CudnnLSTM
from hornbeam.v1.contrib.cudnn_rnn.layers import CudnnRNNRelu as CudnnRNNRelu
from hornbeam.v1.contrib.cudnn_rnn.layers import CudnnRNNTanh as CudnnRNNTanh
from hornbeam.v1.contrib.cudnn_rnn.parameters import CudnnGRUSaveable as CudnnGRUSaveable
from hornbeam.v1.contrib.cudnn_rnn.parameters import CudnnLSTMSaveable as CudnnLSTMSaveable
from hornbeam.v1.contrib.cudnn_rnn.parameters import CudnnRNNReluSaveable as CudnnRNNReluSaveable
from hornbeam.v1.contrib.cudnn_rnn.parameters import CudnnRNNTanhSaveable as CudnnRNNTanhSaveable
