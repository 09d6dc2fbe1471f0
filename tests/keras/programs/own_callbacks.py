"""Callbacks of one's own: they stop, change the learning rate, keep the batch losses; the model's clone goes on."""
from __future__ import print_function

import random

import keras
import numpy as np
from keras import backend as K
from keras.callbacks import Callback, CSVLogger, EarlyStopping, LambdaCallback, LearningRateScheduler, ReduceLROnPlateau
from keras.layers import Dense, GaussianNoise
from keras.models import Sequential, clone_model, model_from_json
from keras.regularizers import l2

random.seed(0)
np.random.seed(0)
x = np.random.randn(256, 4)
y = x.dot([1.0, -2.0, 0.5, 0.0])[:, None] + 0.01 * np.random.randn(256, 1)


class StopAt(Callback):
    def __init__(self, value):
        super(StopAt, self).__init__()
        self.value = value

    def on_train_begin(self, logs={}):
        self.losses = []
        self.sizes = set()

    def on_batch_begin(self, batch, logs={}):
        self.sizes.add(logs.get('size'))

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))

    def on_epoch_end(self, epoch, logs={}):
        lr = float(K.get_value(self.model.optimizer.lr))
        K.set_value(self.model.optimizer.lr, lr * 0.98)
        if logs.get('val_loss') < self.value:
            print('stopped after', epoch + 1 > 0, self.params['epochs'])
            self.model.stop_training = True


class SGDR(Callback):
    def on_batch_end(self, batch, logs=None):
        logs = logs or {}
        self.history = getattr(self, 'history', {})
        self.history.setdefault('lr', []).append(K.get_value(self.model.optimizer.lr))
        for k, v in logs.items():
            self.history.setdefault(k, []).append(v)


model = Sequential()
model.add(Dense(8, activation='tanh', input_dim=4, kernel_regularizer=l2(1e-5), bias_regularizer=keras.regularizers.l1(1e-6)))
model.add(GaussianNoise(0.01))
model.add(Dense(1, kernel_initializer='uniform'))
model.compile(loss='mse', optimizer=keras.optimizers.SGD(lr=0.05, momentum=0.9, nesterov=True), metrics=['mae'])
stop, sgdr = StopAt(0.05), SGDR()
history = model.fit(x, y, epochs=200, batch_size=32, validation_split=0.25, verbose=0,
                    callbacks=[stop, sgdr, CSVLogger('log.csv', separator=';'), ReduceLROnPlateau(patience=3, min_lr=1e-4),
                               EarlyStopping(monitor='val_loss', patience=30),
                               LambdaCallback(on_train_end=lambda logs: print('end'))])
print(len(history.epoch) < 200, len(stop.losses) == 6 * len(history.epoch), sorted(sgdr.history))
print(sorted(history.history), type(history.history['loss'][0]).__name__)
assert 'lr' in history.history
print(open('log.csv').readline().strip())
json_string = model.to_json()
other = model_from_json(json_string)
other.set_weights(model.get_weights())
np.testing.assert_allclose(other.predict(x), model.predict(x), rtol=1e-5, atol=1e-6)
clone = clone_model(model)
clone.compile('sgd', 'mse')
rates = []
clone.fit(x, y, epochs=4, verbose=0,
          callbacks=[LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)),
                     LambdaCallback(on_epoch_end=lambda epoch, logs: rates.append(float(K.get_value(clone.optimizer.lr))))])
print(np.round(rates, 4))
print(model.metrics_names, model.get_config()['layers'][0]['class_name'], model.layers[0].get_config()['units'])
print("RESULT loss", history.history['val_loss'][-1], "<=", 0.05)
