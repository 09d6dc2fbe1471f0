"""Layers."""

from hornbeam.keras.old_names import Later, Old, with_old_names

_OLD = "hornbeam.keras.layers.old_layers"
_TODAY = {"AtrousConvolution1D": "Conv1D", "AtrousConvolution2D": "Conv2D", "AtrousConv1D": "Conv1D",
          "AtrousConv2D": "Conv2D", "CuDNNGRU": "GRU", "CuDNNLSTM": "LSTM", "Deconv2D": "Conv2DTranspose",
          "Deconv3D": "Conv3DTranspose", "Deconvolution2D": "Conv2DTranspose", "Deconvolution3D": "Conv3DTranspose"}
_GONE = {"Highway": None, "LocallyConnected1D": None, "LocallyConnected2D": None, "MaxoutDense": None,
         "ThresholdedReLU": "keras.layers.ReLU", "_Merge": "keras.layers.Layer"}

__getattr__ = with_old_names(__name__, {
    **{name: f"layers.{now}" for name, now in _TODAY.items()},
    **{name: Old(Later(_OLD, name), now) for name, now in _GONE.items()}})
