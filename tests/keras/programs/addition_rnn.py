"""Sums read and written as characters: one recurrent network reads, RepeatVector, another writes."""
from __future__ import print_function

import random

import numpy as np
from keras import backend as K
from keras import layers
from keras.models import Sequential

random.seed(0)


class CharacterTable(object):
    def __init__(self, chars):
        self.chars = sorted(set(chars))
        self.char_indices = dict((c, i) for i, c in enumerate(self.chars))
        self.indices_char = dict((i, c) for i, c in enumerate(self.chars))

    def encode(self, C, num_rows):
        x = np.zeros((num_rows, len(self.chars)))
        for i, c in enumerate(C):
            x[i, self.char_indices[c]] = 1
        return x

    def decode(self, x, calc_argmax=True):
        if calc_argmax:
            x = x.argmax(axis=-1)
        return ''.join(self.indices_char[x] for x in x)


np.random.seed(1)
DIGITS, REVERSE = 1, True
MAXLEN = DIGITS + 1 + DIGITS
chars = '0123456789+ '
ctable = CharacterTable(chars)
questions, expected = [], []
for a in range(10):
    for b in range(10):
        q = '{}+{}'.format(a, b)
        query = q + ' ' * (MAXLEN - len(q))
        ans = str(a + b)
        ans += ' ' * (DIGITS + 1 - len(ans))
        if REVERSE:
            query = query[::-1]
        questions.append(query)
        expected.append(ans)
x = np.zeros((len(questions), MAXLEN, len(chars)), dtype=np.bool_)
y = np.zeros((len(questions), DIGITS + 1, len(chars)), dtype=np.bool_)
for i, sentence in enumerate(questions):
    x[i] = ctable.encode(sentence, MAXLEN)
for i, sentence in enumerate(expected):
    y[i] = ctable.encode(sentence, DIGITS + 1)
indices = np.arange(len(y))
np.random.shuffle(indices)
x, y = x[indices], y[indices]

RNN = layers.LSTM
model = Sequential()
model.add(RNN(64, input_shape=(MAXLEN, len(chars))))
model.add(layers.RepeatVector(DIGITS + 1))
for _ in range(1):
    model.add(RNN(64, return_sequences=True))
model.add(layers.TimeDistributed(layers.Dense(len(chars), activation='softmax')))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
K.set_value(model.optimizer.lr, 0.02)
model.summary()
for iteration in range(1, 7):
    history = model.fit(x, y, batch_size=20, epochs=15, validation_data=(x[:20], y[:20]), verbose=0)
    ind = np.random.randint(0, len(x))
    rowx, rowy = x[np.array([ind])], y[np.array([ind])]
    preds = model.predict_classes(rowx, verbose=0)
    print('Q', ctable.decode(rowx[0])[::-1], 'T', ctable.decode(rowy[0]),
          ctable.decode(preds[0], calc_argmax=False), history.history['val_loss'][-1])
print("RESULT accuracy", history.history['accuracy'][-1], ">=", 0.75)
