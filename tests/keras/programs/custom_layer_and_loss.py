"""Layers and a loss of one's own, as Keras 2's documentation taught them, and antirectification."""

import keras
import numpy as np
from keras import backend as K
from keras.engine.topology import Layer
from keras.layers import Activation, Dense
from keras.models import Sequential, load_model
from keras.utils.generic_utils import get_custom_objects


class MyDense(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(MyDense, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[1], self.output_dim), initializer="uniform",
                                      trainable=True)
        super(MyDense, self).build(input_shape)

    def call(self, x):
        return K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)

    def get_config(self):
        config = super(MyDense, self).get_config()
        config["output_dim"] = self.output_dim
        return config


class Antirectifier(Layer):
    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        assert len(shape) == 2
        shape[-1] *= 2
        return tuple(shape)

    def call(self, inputs):
        inputs -= K.mean(inputs, axis=1, keepdims=True)
        inputs = K.l2_normalize(inputs, axis=1)
        pos = K.relu(inputs)
        neg = K.relu(-inputs)
        return K.concatenate([pos, neg], axis=1)


class Noise(Layer):
    def __init__(self, stddev=0.1, **kwargs):
        super(Noise, self).__init__(**kwargs)
        self.supports_masking = True
        self.stddev = stddev

    def call(self, inputs, training=None):
        def noised():
            return inputs + K.random_normal(shape=K.shape(inputs), mean=0.0, stddev=self.stddev)
        return K.in_train_phase(noised, inputs, training=training)

    def get_config(self):
        return dict(super(Noise, self).get_config(), stddev=self.stddev)


def swish(x):
    return x * K.sigmoid(x)


def smooth_l1(y_true, y_pred):
    error = K.abs(y_true - y_pred)
    return K.mean(K.switch(K.less(error, 1.0), 0.5 * K.square(error), error - 0.5), axis=-1)


def r_squared(y_true, y_pred):
    residual = K.sum(K.square(y_true - y_pred))
    total = K.sum(K.square(y_true - K.mean(y_true)))
    return 1 - residual / (total + K.epsilon())


get_custom_objects().update({"swish": Activation(swish)})
np.random.seed(0)
x = np.random.randn(600, 6).astype("float32")
y = (np.abs(x[:, :1]) + x[:, 1:2] * 0.5).astype("float32")
model = Sequential()
model.add(MyDense(16, input_shape=(6,)))
model.add(Antirectifier())
model.add(Noise(0.01))
model.add(Dense(32, activation=swish))
model.add(Dense(1))
model.compile(optimizer=keras.optimizers.Nadam(lr=0.01), loss=smooth_l1, metrics=[r_squared, "mae"])
model.fit(x, y, batch_size=50, epochs=25, verbose=0)
values = model.evaluate(x, y, batch_size=600, verbose=0)
assert len(values) == 3
again = model.predict(x)
np.testing.assert_array_equal(again, model.predict(x))  # no noise here
model.save("custom.h5")
custom = {"MyDense": MyDense, "Antirectifier": Antirectifier, "Noise": Noise, "swish": swish, "smooth_l1": smooth_l1,
          "r_squared": r_squared}
loaded = load_model("custom.h5", custom_objects=custom)
np.testing.assert_allclose(loaded.predict(x), again, rtol=1e-5, atol=1e-6)
print("RESULT r_squared", values[1], ">=", 0.8)
