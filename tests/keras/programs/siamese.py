"""A siamese network: two images through one network, their distance by a Lambda layer, a contrastive loss."""

import random

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Dense, Dropout, Flatten, Input, Lambda
from keras.models import Model
from keras.optimizers import RMSprop


def euclidean_distance(vects):
    x, y = vects
    sum_square = K.sum(K.square(x - y), axis=1, keepdims=True)
    return K.sqrt(K.maximum(sum_square, K.epsilon()))


def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)


def contrastive_loss(y_true, y_pred):
    margin = 1
    square_pred = K.square(y_pred)
    margin_square = K.square(K.maximum(margin - y_pred, 0))
    return K.mean(y_true * square_pred + (1 - y_true) * margin_square)


def create_pairs(x, digit_indices):
    pairs, labels = [], []
    n = min(len(digit_indices[d]) for d in range(10)) - 1
    for d in range(10):
        for i in range(n):
            z1, z2 = digit_indices[d][i], digit_indices[d][i + 1]
            pairs += [[x[z1], x[z2]]]
            dn = (d + random.randrange(1, 10)) % 10
            z1, z2 = digit_indices[d][i], digit_indices[dn][i]
            pairs += [[x[z1], x[z2]]]
            labels += [1, 0]
    return np.array(pairs), np.array(labels).astype("float32")


def compute_accuracy(y_true, y_pred):
    return np.mean((y_pred.ravel() < 0.5) == y_true)


def accuracy(y_true, y_pred):
    return K.mean(K.equal(y_true, K.cast(y_pred < 0.5, y_true.dtype)))


random.seed(0)
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train, x_test, y_test = x_train[:3000], y_train[:3000], x_test[:600], y_test[:600]
x_train, x_test = x_train.astype("float32") / 255, x_test.astype("float32") / 255
input_shape = x_train.shape[1:]
tr_pairs, tr_y = create_pairs(x_train, [np.where(y_train == i)[0] for i in range(10)])
te_pairs, te_y = create_pairs(x_test, [np.where(y_test == i)[0] for i in range(10)])

inp = Input(shape=input_shape)
x = Flatten()(inp)
x = Dense(64, activation="relu")(x)
x = Dropout(0.1)(x)
base_network = Model(inp, Dense(64, activation="relu")(x))
input_a, input_b = Input(shape=input_shape), Input(shape=input_shape)
distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape)(
    [base_network(input_a), base_network(input_b)])
model = Model([input_a, input_b], distance)
model.compile(loss=contrastive_loss, optimizer=RMSprop(), metrics=[accuracy])
model.fit([tr_pairs[:, 0], tr_pairs[:, 1]], tr_y, batch_size=128, epochs=12, verbose=0,
          validation_data=([te_pairs[:, 0], te_pairs[:, 1]], te_y))
y_pred = model.predict([te_pairs[:, 0], te_pairs[:, 1]])
print("RESULT accuracy", compute_accuracy(te_y, y_pred), ">=", 0.75)
