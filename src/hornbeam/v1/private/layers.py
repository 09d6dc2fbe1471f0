"""Second names of `tf.layers` that stand in `tensorflow.python.layers`."""

from __future__ import annotations

import hornbeam.v1 as tf

_layers = tf.layers

AvgPool1D, MaxPool1D = _layers.AveragePooling1D, _layers.MaxPooling1D
AvgPool2D, MaxPool2D = _layers.AveragePooling2D, _layers.MaxPooling2D
AvgPool3D, MaxPool3D = _layers.AveragePooling3D, _layers.MaxPooling3D
BatchNorm, batch_norm = _layers.BatchNormalization, _layers.batch_normalization
Convolution1D, convolution1d = _layers.Conv1D, _layers.conv1d
Convolution2D, convolution2d = _layers.Conv2D, _layers.conv2d
Convolution3D, convolution3d = _layers.Conv3D, _layers.conv3d
Convolution2DTranspose = Deconvolution2D = Deconv2D = _layers.Conv2DTranspose
Convolution3DTranspose = Deconvolution3D = Deconv3D = _layers.Conv3DTranspose
FullyConnected, fully_connected = _layers.Dense, _layers.dense
SeparableConvolution1D, SeparableConvolution2D = _layers.SeparableConv1D, _layers.SeparableConv2D
convolution2d_transpose = deconvolution2d = deconv2d = _layers.conv2d_transpose
convolution3d_transpose = deconvolution3d = deconv3d = _layers.conv3d_transpose
separable_convolution2d = _layers.separable_conv2d
