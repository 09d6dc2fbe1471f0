"""The public names of `hornbeam.keras.layers`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras import Input as Input
from hornbeam.keras import InputSpec as InputSpec
from hornbeam.keras import Layer as Layer
from hornbeam.keras.export.tfsm_layer import TFSMLayer as TFSMLayer
from hornbeam.keras.layers.activations.activation import Activation as Activation
from hornbeam.keras.layers.activations.activation import ELU as ELU
from hornbeam.keras.layers.activations.activation import LeakyReLU as LeakyReLU
from hornbeam.keras.layers.activations.activation import PReLU as PReLU
from hornbeam.keras.layers.activations.activation import ReLU as ReLU
from hornbeam.keras.layers.activations.activation import Softmax as Softmax
from hornbeam.keras.layers.attention.attention import AdditiveAttention as AdditiveAttention
from hornbeam.keras.layers.attention.attention import Attention as Attention
from hornbeam.keras.layers.attention.multi_head_attention import GroupedQueryAttention as _GroupQueryAttention
from hornbeam.keras.layers.attention.multi_head_attention import MultiHeadAttention as MultiHeadAttention
from hornbeam.keras.layers.convolutional.conv import Conv1D as Conv1D
from hornbeam.keras.layers.convolutional.conv import Conv2D as Conv2D
from hornbeam.keras.layers.convolutional.conv import Conv3D as Conv3D
from hornbeam.keras.layers.convolutional.conv_transpose import Conv1DTranspose as Conv1DTranspose
from hornbeam.keras.layers.convolutional.conv_transpose import Conv2DTranspose as Conv2DTranspose
from hornbeam.keras.layers.convolutional.conv_transpose import Conv3DTranspose as Conv3DTranspose
from hornbeam.keras.layers.convolutional.depthwise_conv import DepthwiseConv1D as DepthwiseConv1D
from hornbeam.keras.layers.convolutional.depthwise_conv import DepthwiseConv2D as DepthwiseConv2D
from hornbeam.keras.layers.convolutional.depthwise_conv import SeparableConv1D as SeparableConv1D
from hornbeam.keras.layers.convolutional.depthwise_conv import SeparableConv2D as SeparableConv2D
from hornbeam.keras.layers.core.dense import Dense as Dense
from hornbeam.keras.layers.core.einsum_dense import EinsumDense as EinsumDense
from hornbeam.keras.layers.core.embedding import Embedding as Embedding
from hornbeam.keras.layers.core.embedding import ReversibleEmbedding as ReversibleEmbedding
from hornbeam.keras.layers.core.identity import Identity as Identity
from hornbeam.keras.layers.core.input_layer import InputLayer as InputLayer
from hornbeam.keras.layers.core.lambda_layer import Lambda as Lambda
from hornbeam.keras.layers.core.masking import Masking as Masking
from hornbeam.keras.layers.core.wrapper import Wrapper as Wrapper
from hornbeam.keras.layers.merging.merge import Add as Add
from hornbeam.keras.layers.merging.merge import Average as Average
from hornbeam.keras.layers.merging.merge import Concatenate as Concatenate
from hornbeam.keras.layers.merging.merge import Dot as Dot
from hornbeam.keras.layers.merging.merge import Maximum as Maximum
from hornbeam.keras.layers.merging.merge import Minimum as Minimum
from hornbeam.keras.layers.merging.merge import Multiply as Multiply
from hornbeam.keras.layers.merging.merge import Subtract as Subtract
from hornbeam.keras.layers.merging.merge import concatenate as concatenate
from hornbeam.keras.layers.merging.merge import dot as dot
from hornbeam.keras.layers.normalization.batch_normalization import BatchNormalization as BatchNormalization
from hornbeam.keras.layers.normalization.normalizations import GroupNormalization as GroupNormalization
from hornbeam.keras.layers.normalization.normalizations import LayerNormalization as LayerNormalization
from hornbeam.keras.layers.normalization.normalizations import RMSNormalization as RMSNormalization
from hornbeam.keras.layers.normalization.normalizations import SpectralNormalization as SpectralNormalization
from hornbeam.keras.layers.normalization.normalizations import UnitNormalization as UnitNormalization
from hornbeam.keras.layers.pooling.pool import AdaptiveAveragePooling1D as AdaptiveAveragePooling1D
from hornbeam.keras.layers.pooling.pool import AdaptiveAveragePooling2D as AdaptiveAveragePooling2D
from hornbeam.keras.layers.pooling.pool import AdaptiveAveragePooling3D as AdaptiveAveragePooling3D
from hornbeam.keras.layers.pooling.pool import AdaptiveMaxPooling1D as AdaptiveMaxPooling1D
from hornbeam.keras.layers.pooling.pool import AdaptiveMaxPooling2D as AdaptiveMaxPooling2D
from hornbeam.keras.layers.pooling.pool import AdaptiveMaxPooling3D as AdaptiveMaxPooling3D
from hornbeam.keras.layers.pooling.pool import AveragePooling1D as AveragePooling1D
from hornbeam.keras.layers.pooling.pool import AveragePooling2D as AveragePooling2D
from hornbeam.keras.layers.pooling.pool import AveragePooling3D as AveragePooling3D
from hornbeam.keras.layers.pooling.pool import GlobalAveragePooling1D as GlobalAveragePooling1D
from hornbeam.keras.layers.pooling.pool import GlobalAveragePooling2D as GlobalAveragePooling2D
from hornbeam.keras.layers.pooling.pool import GlobalAveragePooling3D as GlobalAveragePooling3D
from hornbeam.keras.layers.pooling.pool import GlobalMaxPooling1D as _GlobalMaxPool1D
from hornbeam.keras.layers.pooling.pool import GlobalMaxPooling2D as _GlobalMaxPool2D
from hornbeam.keras.layers.pooling.pool import GlobalMaxPooling3D as _GlobalMaxPool3D
from hornbeam.keras.layers.pooling.pool import MaxPooling1D as _MaxPool1D
from hornbeam.keras.layers.pooling.pool import MaxPooling2D as _MaxPool2D
from hornbeam.keras.layers.pooling.pool import MaxPooling3D as _MaxPool3D
from hornbeam.keras.layers.preprocessing.audio import MelSpectrogram as MelSpectrogram
from hornbeam.keras.layers.preprocessing.audio import STFTSpectrogram as STFTSpectrogram
from hornbeam.keras.layers.preprocessing.categories import CategoryEncoding as CategoryEncoding
from hornbeam.keras.layers.preprocessing.categories import Discretization as Discretization
from hornbeam.keras.layers.preprocessing.hashing import HashedCrossing as HashedCrossing
from hornbeam.keras.layers.preprocessing.hashing import Hashing as Hashing
from hornbeam.keras.layers.preprocessing.images import CenterCrop as CenterCrop
from hornbeam.keras.layers.preprocessing.images import MaxNumBoundingBoxes as MaxNumBoundingBoxes
from hornbeam.keras.layers.preprocessing.images import Resizing as Resizing
from hornbeam.keras.layers.preprocessing.lookups import IntegerLookup as IntegerLookup
from hornbeam.keras.layers.preprocessing.lookups import StringLookup as StringLookup
from hornbeam.keras.layers.preprocessing.random_colours import AutoContrast as AutoContrast
from hornbeam.keras.layers.preprocessing.random_colours import RandomColorDegeneration as RandomColorDegeneration
from hornbeam.keras.layers.preprocessing.random_colours import RandomColorJitter as RandomColorJitter
from hornbeam.keras.layers.preprocessing.random_colours import RandomGaussianBlur as RandomGaussianBlur
from hornbeam.keras.layers.preprocessing.random_colours import RandomGrayscale as RandomGrayscale
from hornbeam.keras.layers.preprocessing.random_colours import RandomHue as RandomHue
from hornbeam.keras.layers.preprocessing.random_colours import RandomInvert as RandomInvert
from hornbeam.keras.layers.preprocessing.random_colours import RandomPosterization as RandomPosterization
from hornbeam.keras.layers.preprocessing.random_colours import RandomSaturation as RandomSaturation
from hornbeam.keras.layers.preprocessing.random_colours import RandomSharpness as RandomSharpness
from hornbeam.keras.layers.preprocessing.random_colours import Solarization as Solarization
from hornbeam.keras.layers.preprocessing.random_images import RandomBrightness as RandomBrightness
from hornbeam.keras.layers.preprocessing.random_images import RandomContrast as RandomContrast
from hornbeam.keras.layers.preprocessing.random_images import RandomCrop as RandomCrop
from hornbeam.keras.layers.preprocessing.random_images import RandomFlip as RandomFlip
from hornbeam.keras.layers.preprocessing.random_images import RandomRotation as RandomRotation
from hornbeam.keras.layers.preprocessing.random_images import RandomTranslation as RandomTranslation
from hornbeam.keras.layers.preprocessing.random_images import RandomZoom as RandomZoom
from hornbeam.keras.layers.preprocessing.random_mixtures import CutMix as CutMix
from hornbeam.keras.layers.preprocessing.random_mixtures import MixUp as MixUp
from hornbeam.keras.layers.preprocessing.random_mixtures import Pipeline as Pipeline
from hornbeam.keras.layers.preprocessing.random_mixtures import RandomErasing as RandomErasing
from hornbeam.keras.layers.preprocessing.random_mixtures import RandomShear as RandomShear
from hornbeam.keras.layers.preprocessing.random_policies import AugMix as AugMix
from hornbeam.keras.layers.preprocessing.random_policies import Equalization as Equalization
from hornbeam.keras.layers.preprocessing.random_policies import RandAugment as RandAugment
from hornbeam.keras.layers.preprocessing.random_policies import RandomElasticTransform as RandomElasticTransform
from hornbeam.keras.layers.preprocessing.random_policies import RandomPerspective as RandomPerspective
from hornbeam.keras.layers.preprocessing.scaling import Normalization as Normalization
from hornbeam.keras.layers.preprocessing.scaling import Rescaling as Rescaling
from hornbeam.keras.layers.preprocessing.text import TextVectorization as TextVectorization
from hornbeam.keras.layers.regularization.dropout import ActivityRegularization as ActivityRegularization
from hornbeam.keras.layers.regularization.dropout import AlphaDropout as AlphaDropout
from hornbeam.keras.layers.regularization.dropout import Dropout as Dropout
from hornbeam.keras.layers.regularization.dropout import GaussianDropout as GaussianDropout
from hornbeam.keras.layers.regularization.dropout import GaussianNoise as GaussianNoise
from hornbeam.keras.layers.regularization.dropout import SpatialDropout1D as SpatialDropout1D
from hornbeam.keras.layers.regularization.dropout import SpatialDropout2D as SpatialDropout2D
from hornbeam.keras.layers.regularization.dropout import SpatialDropout3D as SpatialDropout3D
from hornbeam.keras.layers.reshaping.borders import Cropping1D as Cropping1D
from hornbeam.keras.layers.reshaping.borders import Cropping2D as Cropping2D
from hornbeam.keras.layers.reshaping.borders import Cropping3D as Cropping3D
from hornbeam.keras.layers.reshaping.borders import UpSampling1D as UpSampling1D
from hornbeam.keras.layers.reshaping.borders import UpSampling2D as UpSampling2D
from hornbeam.keras.layers.reshaping.borders import UpSampling3D as UpSampling3D
from hornbeam.keras.layers.reshaping.borders import ZeroPadding1D as ZeroPadding1D
from hornbeam.keras.layers.reshaping.borders import ZeroPadding2D as ZeroPadding2D
from hornbeam.keras.layers.reshaping.borders import ZeroPadding3D as ZeroPadding3D
from hornbeam.keras.layers.reshaping.reshape import Flatten as Flatten
from hornbeam.keras.layers.reshaping.reshape import Permute as Permute
from hornbeam.keras.layers.reshaping.reshape import RepeatVector as RepeatVector
from hornbeam.keras.layers.reshaping.reshape import Reshape as Reshape
from hornbeam.keras.layers.rnn.bidirectional import Bidirectional as Bidirectional
from hornbeam.keras.layers.rnn.cells import GRUCell as GRUCell
from hornbeam.keras.layers.rnn.cells import LSTMCell as LSTMCell
from hornbeam.keras.layers.rnn.cells import SimpleRNNCell as SimpleRNNCell
from hornbeam.keras.layers.rnn.conv_lstm import ConvLSTM1D as ConvLSTM1D
from hornbeam.keras.layers.rnn.conv_lstm import ConvLSTM2D as ConvLSTM2D
from hornbeam.keras.layers.rnn.conv_lstm import ConvLSTM3D as ConvLSTM3D
from hornbeam.keras.layers.rnn.recurrent import GRU as GRU
from hornbeam.keras.layers.rnn.recurrent import LSTM as LSTM
from hornbeam.keras.layers.rnn.recurrent import SimpleRNN as SimpleRNN
from hornbeam.keras.layers.rnn.rnn import RNN as RNN
from hornbeam.keras.layers.rnn.stacked_cells import StackedRNNCells as StackedRNNCells
from hornbeam.keras.layers.rnn.time_distributed import TimeDistributed as TimeDistributed
from hornbeam.keras.layers.serialization import deserialize as deserialize
from hornbeam.keras.layers.serialization import serialize as serialize
from typing import Any

AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
Convolution1D = Conv1D
Convolution1DTranspose = Conv1DTranspose
Convolution2D = Conv2D
Convolution2DTranspose = Conv2DTranspose
Convolution3D = Conv3D
Convolution3DTranspose = Conv3DTranspose
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
GlobalMaxPool1D = _GlobalMaxPool1D
GlobalMaxPool2D = _GlobalMaxPool2D
GlobalMaxPool3D = _GlobalMaxPool3D
GlobalMaxPooling1D = GlobalMaxPool1D
GlobalMaxPooling2D = GlobalMaxPool2D
GlobalMaxPooling3D = GlobalMaxPool3D
GroupQueryAttention = _GroupQueryAttention
MaxPool1D = _MaxPool1D
MaxPool2D = _MaxPool2D
MaxPool3D = _MaxPool3D
MaxPooling1D = MaxPool1D
MaxPooling2D = MaxPool2D
MaxPooling3D = MaxPool3D
SeparableConvolution1D = SeparableConv1D
SeparableConvolution2D = SeparableConv2D
def add(inputs: Any, **kwargs: Any) -> Any:
    r"""The sum of a list of tensors; keyword arguments as for `layers.Add`."""
def average(inputs: Any, **kwargs: Any) -> Any:
    r"""The mean of a list of tensors; keyword arguments as for `layers.Average`."""
def maximum(inputs: Any, **kwargs: Any) -> Any:
    r"""The largest of a list of tensors, element by element; keyword arguments as for `layers.Maximum`."""
def minimum(inputs: Any, **kwargs: Any) -> Any:
    r"""The smallest of a list of tensors, element by element; keyword arguments as for `layers.Minimum`."""
def multiply(inputs: Any, **kwargs: Any) -> Any:
    r"""The product of a list of tensors; keyword arguments as for `layers.Multiply`."""
def subtract(inputs: Any, **kwargs: Any) -> Any:
    r"""The difference of two tensors; keyword arguments as for `layers.Subtract`."""
