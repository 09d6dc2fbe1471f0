"""Style and content in one loss of a fixed network's features, minimized in the picture by scipy's L-BFGS."""
from __future__ import print_function

import random

import numpy as np
from keras import backend as K
from keras.layers import Conv2D, Input, MaxPooling2D
from keras.models import Model
from scipy.optimize import fmin_l_bfgs_b

random.seed(0)
np.random.seed(0)
rows = cols = 16
rng = np.random.RandomState(2)
base = rng.rand(1, rows, cols, 3)
style = np.sin(np.arange(rows * cols * 3).reshape(1, rows, cols, 3) / 7.0) * 0.5 + 0.5
base_image = K.variable(base)
style_reference_image = K.variable(style)
if K.image_data_format() == 'channels_first':
    combination_image = K.placeholder((1, 3, rows, cols))
else:
    combination_image = K.placeholder((1, rows, cols, 3))
input_tensor = K.concatenate([base_image, style_reference_image, combination_image], axis=0)
inputs = Input(tensor=input_tensor)
x = Conv2D(8, (3, 3), activation='relu', padding='same', name='block1', kernel_initializer='he_normal')(inputs)
x = MaxPooling2D((2, 2))(x)
x = Conv2D(8, (3, 3), activation='relu', padding='same', name='block2', kernel_initializer='he_normal')(x)
model = Model(inputs, x)
outputs_dict = dict([(layer.name, layer.output) for layer in model.layers])


def gram_matrix(x):
    assert K.ndim(x) == 3
    features = K.batch_flatten(K.permute_dimensions(x, (2, 0, 1)))
    return K.dot(features, K.transpose(features))


def style_loss(style, combination):
    size = rows * cols
    return K.sum(K.square(gram_matrix(style) - gram_matrix(combination))) / (4.0 * (3 ** 2) * (size ** 2))


def content_loss(base, combination):
    return K.sum(K.square(combination - base))


def total_variation_loss(x):
    a = K.square(x[:, :rows - 1, :cols - 1, :] - x[:, 1:, :cols - 1, :])
    b = K.square(x[:, :rows - 1, :cols - 1, :] - x[:, :rows - 1, 1:, :])
    return K.sum(K.pow(a + b, 1.25))


loss = K.variable(0.0)
layer_features = outputs_dict['block2']
loss = loss + 0.025 * content_loss(layer_features[0, :, :, :], layer_features[2, :, :, :])
for name in ['block1', 'block2']:
    layer_features = outputs_dict[name]
    loss = loss + (1.0 / 2) * style_loss(layer_features[1, :, :, :], layer_features[2, :, :, :])
loss = loss + 0.01 * total_variation_loss(combination_image)
grads = K.gradients(loss, combination_image)
outputs = [loss]
if isinstance(grads, (list, tuple)):
    outputs += grads
else:
    outputs.append(grads)
f_outputs = K.function([combination_image], outputs)


class Evaluator(object):
    def __init__(self):
        self.loss_value = None
        self.grads_values = None

    def loss(self, x):
        assert self.loss_value is None
        outs = f_outputs([x.reshape((1, rows, cols, 3))])
        self.loss_value = outs[0]
        self.grad_values = outs[1].flatten().astype('float64')
        return self.loss_value

    def grads(self, x):
        grad_values = np.copy(self.grad_values)
        self.loss_value = None
        return grad_values


evaluator = Evaluator()
x = base.copy()
first = f_outputs([x])[0]
for i in range(3):
    x, min_val, info = fmin_l_bfgs_b(evaluator.loss, x.flatten(), fprime=evaluator.grads, maxfun=20)
    print(i, min_val)
print("RESULT ratio", min_val / first, "<=", 0.5)
