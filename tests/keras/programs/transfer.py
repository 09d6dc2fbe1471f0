"""Transfer: a network learns five digits; its frozen features then learn the other five, from few examples."""

import numpy as np
import keras
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import SGD

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train, x_test, y_test = x_train[:4000], y_train[:4000], x_test[:1000], y_test[:1000]


def train_model(model, train, test, num_classes, epochs):
    x_train = train[0].reshape((train[0].shape[0], 28, 28, 1)).astype("float32") / 255
    x_test = test[0].reshape((test[0].shape[0], 28, 28, 1)).astype("float32") / 255
    y_train = keras.utils.to_categorical(train[1], num_classes)
    y_test = keras.utils.to_categorical(test[1], num_classes)
    model.compile(loss="categorical_crossentropy", optimizer=SGD(lr=0.05, momentum=0.9, nesterov=True),
                  metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=64, epochs=epochs, verbose=0, validation_data=(x_test, y_test))
    return model.evaluate(x_test, y_test, verbose=0)[1]


feature_layers = [Conv2D(8, 3, padding="valid", strides=2, input_shape=(28, 28, 1)), Activation("relu"),
                  MaxPooling2D(pool_size=2), Flatten()]
classification_layers = [Dense(32), Activation("relu"), Dropout(0.2), Dense(5), Activation("softmax")]
model = Sequential(feature_layers + classification_layers)
low, low_test = y_train < 5, y_test < 5
first = train_model(model, (x_train[low], y_train[low]), (x_test[low_test], y_test[low_test]), 5, 4)
print("first five:", first)
features = [w.copy() for w in feature_layers[0].get_weights()]
for layer in feature_layers:
    layer.trainable = False
assert K.count_params(feature_layers[0].kernel) == 72
assert len(model.trainable_weights) == 4
second = train_model(model, (x_train[~low][:800], y_train[~low][:800] - 5),
                     (x_test[~low_test], y_test[~low_test] - 5), 5, 8)
for a, b in zip(features, feature_layers[0].get_weights()):
    np.testing.assert_array_equal(a, b)
print("RESULT accuracy", min(first, second), ">=", 0.75)
