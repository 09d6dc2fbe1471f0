"""Batches from a keras.utils.Sequence and from generators: fit_generator, evaluate_generator, predict_generator."""
import random

import threading

import numpy as np
from keras import backend as K
from keras.callbacks import ModelCheckpoint
from keras.layers import Dense
from keras.models import Sequential
from keras.utils import Sequence, to_categorical

random.seed(0)
np.random.seed(0)


class DataGenerator(Sequence):
    def __init__(self, list_IDs, labels, batch_size=32, dim=8, n_classes=3, shuffle=True):
        self.dim, self.batch_size, self.labels, self.list_IDs = dim, batch_size, labels, list_IDs
        self.n_classes, self.shuffle = n_classes, shuffle
        self.epochs = 0
        self.on_epoch_end()

    def __len__(self):
        return int(np.floor(len(self.list_IDs) / self.batch_size))

    def __getitem__(self, index):
        indexes = self.indexes[index * self.batch_size:(index + 1) * self.batch_size]
        ids = [self.list_IDs[k] for k in indexes]
        X = np.empty((self.batch_size, self.dim))
        y = np.empty((self.batch_size), dtype=int)
        for i, ID in enumerate(ids):
            X[i,] = table[ID]
            y[i] = self.labels[ID]
        return X, to_categorical(y, num_classes=self.n_classes)

    def on_epoch_end(self):
        self.epochs += 1
        self.indexes = np.arange(len(self.list_IDs))
        if self.shuffle:
            np.random.shuffle(self.indexes)


table = {'id-%d' % i: np.random.randn(8) for i in range(320)}
labels = {k: int(v[:3].argmax()) for k, v in table.items()}
ids = sorted(table)
training, validation = DataGenerator(ids[:256], labels), DataGenerator(ids[256:], labels, shuffle=False)
model = Sequential()
model.add(Dense(32, activation='relu', input_dim=8))
model.add(Dense(3, activation='softmax'))
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
K.set_value(model.optimizer.lr, 0.01)
history = model.fit_generator(generator=training, validation_data=validation, use_multiprocessing=False, workers=2,
                              epochs=12, verbose=2, callbacks=[ModelCheckpoint('w.{epoch:02d}.hdf5', period=4)])
print(training.epochs >= 12, len(history.history['val_loss']))
scores = model.evaluate_generator(validation)
p = model.predict_generator(validation, steps=len(validation))
print(p.shape, scores[1] == history.history['val_accuracy'][-1])


class threadsafe_iter(object):
    def __init__(self, it):
        self.it, self.lock = it, threading.Lock()

    def __iter__(self):
        return self

    def __next__(self):
        with self.lock:
            return next(self.it)

    next = __next__


def forever(n):
    rng = np.random.RandomState(3)
    while 1:
        k = rng.randint(0, 256, n)
        yield (np.array([table[ids[i]] for i in k]), to_categorical([labels[ids[i]] for i in k], 3), np.ones(n))


more = model.fit_generator(threadsafe_iter(forever(16)), steps_per_epoch=16, epochs=2, verbose=0,
                           validation_data=next(forever(64))[:2])
print(len(more.epoch), more.params['steps'], more.params['epochs'])
print("RESULT accuracy", scores[1], ">=", 0.75)
