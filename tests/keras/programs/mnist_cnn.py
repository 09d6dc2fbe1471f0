"""A convolutional network with batch normalization and a LeakyReLU layer, in the module paths of Keras 2.0."""

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.convolutional import Conv2D, MaxPooling2D, ZeroPadding2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.layers.normalization import BatchNormalization
from keras.models import Sequential
from keras.utils.np_utils import to_categorical

img_rows, img_cols = 28, 28
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train, x_test, y_test = x_train[:2000], y_train[:2000], x_test[:500], y_test[:500]
if K.image_data_format() == "channels_first":
    input_shape = (1, img_rows, img_cols)
else:
    input_shape = (img_rows, img_cols, 1)
x_train = x_train.reshape((x_train.shape[0],) + input_shape).astype(K.floatx()) / 255
x_test = x_test.reshape((x_test.shape[0],) + input_shape).astype(K.floatx()) / 255
y_train, y_test = to_categorical(y_train, 10), to_categorical(y_test, 10)

model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=input_shape))
model.add(Conv2D(8, (3, 3), strides=(2, 2), use_bias=False, name="conv_1"))
model.add(BatchNormalization(axis=-1, momentum=0.8))
model.add(LeakyReLU(alpha=0.1))
model.add(Conv2D(16, kernel_size=(3, 3), padding="same", activation="relu", kernel_initializer="he_normal"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.1))
model.add(Flatten())
model.add(Dense(32))
model.add(Activation("relu"))
model.add(Dense(10, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])


def batches(x, y, size):
    while True:
        order = np.random.permutation(len(x))
        for start in range(0, len(x) - size + 1, size):
            chosen = order[start:start + size]
            yield x[chosen], y[chosen]


history = model.fit_generator(batches(x_train, y_train, 50), steps_per_epoch=40, epochs=6, verbose=2,
                              validation_data=(x_test, y_test))
loss, accuracy = model.evaluate_generator(batches(x_test, y_test, 50), steps=10)
predicted = model.predict_generator(batches(x_test, y_test, 50), steps=2)
assert predicted.shape == (100, 10)

# What the first convolution answers, as a function of the backend.
first = K.function([model.layers[0].input, K.learning_phase()], [model.get_layer("conv_1").output])
maps = first([x_test[:5], 0])[0]
assert maps.shape == (5,) + model.get_layer("conv_1").output_shape[1:]
print("RESULT accuracy", accuracy, ">=", 0.8)
