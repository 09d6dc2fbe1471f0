"""Gradient ascent in the input of a network: what one filter, and what one class, wants to see."""
from __future__ import print_function

import random

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential

random.seed(0)
np.random.seed(0)
(x_train, y_train), _ = mnist.load_data()
x_train = x_train[:2000, ..., None].astype('float32') / 255
y_train = y_train[:2000]
model = Sequential([
    Conv2D(8, (5, 5), activation='relu', name='conv1', input_shape=(28, 28, 1)),
    MaxPooling2D(), Conv2D(8, (3, 3), activation='relu', name='conv2'), MaxPooling2D(), Flatten(),
    Dense(10, activation='softmax', name='predictions')])
model.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
model.fit(x_train, y_train, epochs=3, verbose=0)
K.set_learning_phase(0)
layer_dict = dict([(layer.name, layer) for layer in model.layers])


def normalize(x):
    return x / (K.sqrt(K.mean(K.square(x))) + K.epsilon())


def ascent(loss, steps, rate):
    grads = K.gradients(loss, model.input)[0]
    grads = normalize(grads)
    iterate = K.function([model.input], [loss, grads])
    img = np.random.RandomState(1).random_sample((1, 28, 28, 1)) * 0.1 + 0.4
    values = []
    for i in range(steps):
        loss_value, grads_value = iterate([img])
        values.append(float(loss_value))
        img += grads_value * rate
    return img, values


gains = []
for filter_index in range(3):
    loss = K.mean(layer_dict['conv2'].output[:, :, :, filter_index])
    img, values = ascent(loss, 15, 0.1)
    gains.append(values[-1] - values[0])
print('gains', gains)
loss = K.variable(0.)
for name, coefficient in {'conv1': 0.2, 'conv2': 1.0}.items():
    x = layer_dict[name].output
    scaling = K.prod(K.cast(K.shape(x), 'float32'))
    loss = loss + coefficient * K.sum(K.square(x[:, 2: -2, 2: -2, :])) / scaling
dream = model.input
grads = K.gradients(loss, dream)[0]
grads /= K.maximum(K.mean(K.abs(grads)), K.epsilon())
fetch = K.function([dream], [loss, grads])
img = x_train[:1].copy()
before = fetch([img])[0]
for _ in range(10):
    value, g = fetch([img])
    img = img + 0.01 * g
print('dream', before, value)
assert value > before
_, values = ascent(K.mean(K.log(model.output[:, 3] + 1e-8)), 60, 0.2)
print("RESULT log_probability", values[-1], ">=", -0.5)
