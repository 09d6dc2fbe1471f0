"""Metrics of backend functions (precision, recall, F1), a weighted loss in a closure, a metric that keeps state."""
import random

import keras
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input
from keras.models import Model

random.seed(0)
np.random.seed(0)


def precision(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    predicted_positives = K.sum(K.round(K.clip(y_pred, 0, 1)))
    return true_positives / (predicted_positives + K.epsilon())


def recall(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    possible_positives = K.sum(K.round(K.clip(y_true, 0, 1)))
    return true_positives / (possible_positives + K.epsilon())


def f1(y_true, y_pred):
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    return 2 * p * r / (p + r + K.epsilon())


def dice_coef(y_true, y_pred, smooth=1):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    intersection = K.sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)


def dice_coef_loss(y_true, y_pred):
    return 1 - dice_coef(y_true, y_pred)


def weighted_binary(weights):
    w = K.variable(weights)

    def loss(y_true, y_pred):
        ce = K.binary_crossentropy(y_true, y_pred)
        weight = y_true * w[1] + (1.0 - y_true) * w[0]
        return K.mean(weight * ce, axis=-1)

    return loss


def focal(gamma=2., alpha=.25):
    def focal_fixed(y_true, y_pred):
        pt_1 = K.switch(K.equal(y_true, 1), y_pred, K.ones_like(y_pred))
        pt_0 = K.switch(K.equal(y_true, 0), y_pred, K.zeros_like(y_pred))
        pt_1 = K.clip(pt_1, K.epsilon(), 1. - K.epsilon())
        pt_0 = K.clip(pt_0, K.epsilon(), 1. - K.epsilon())
        return -K.mean(alpha * K.pow(1. - pt_1, gamma) * K.log(pt_1)) - K.mean(
            (1 - alpha) * K.pow(pt_0, gamma) * K.log(1. - pt_0))
    return focal_fixed


class TruePositives(keras.metrics.Metric):
    def __init__(self, name='true_positives', **kwargs):
        super(TruePositives, self).__init__(name=name, **kwargs)
        self.true_positives = self.add_weight(name='tp', shape=(), initializer='zeros')

    def reset_states(self):
        K.set_value(self.true_positives, 0)

    def update_state(self, y_true, y_pred, sample_weight=None):
        hits = K.cast(K.equal(K.round(y_pred), y_true), 'float32') * y_true
        return [K.update_add(self.true_positives, K.sum(hits))]

    def result(self):
        return K.identity(self.true_positives)


x = np.random.randn(400, 6).astype('float32')
y = (x[:, :1] - x[:, 1:2] > 0.8).astype('float32')
results = {}
for name, loss in [('weighted', weighted_binary([1.0, 2.0])), ('dice', dice_coef_loss), ('focal', focal())]:
    np.random.seed(1)
    inputs = Input(shape=(6,))
    outputs = Dense(1, activation='sigmoid')(Dense(16, activation='relu')(inputs))
    model = Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(lr=0.02), loss=loss,
                  metrics=['acc', precision, recall, f1, TruePositives(), 'binary_crossentropy'])
    history = model.fit(x, y, epochs=15, batch_size=50, verbose=0, validation_data=(x[:100], y[:100]))
    values = dict(zip(model.metrics_names, model.evaluate(x, y, batch_size=400, verbose=0)))
    p = model.predict(x)
    tp = float(((p.round() == y) * y).sum())
    print(name, sorted(values))
    assert abs(values['true_positives'] - tp) < 1e-3, (values, tp)
    assert abs(values['f1'] - 2 * tp / (p.round().sum() + y.sum() + 1e-7)) < 1e-3
    results[name] = values['acc']
    assert 'val_acc' in history.history
print(results)
print("RESULT accuracy", min(results.values()), ">=", 0.9)
