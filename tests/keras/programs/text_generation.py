"""Text, character by character: an LSTM learns what follows, and a callback writes as it trains."""

from __future__ import print_function

import random
import sys

import numpy as np
from keras.callbacks import LambdaCallback
from keras.layers import LSTM, Activation, Dense
from keras.models import Sequential
from keras.optimizers import RMSprop

text = "the quick brown fox jumps over the lazy dog. " * 20
chars = sorted(list(set(text)))
char_indices = dict((c, i) for i, c in enumerate(chars))
indices_char = dict((i, c) for i, c in enumerate(chars))
maxlen, step = 8, 1
sentences, next_chars = [], []
for i in range(0, len(text) - maxlen, step):
    sentences.append(text[i: i + maxlen])
    next_chars.append(text[i + maxlen])
x = np.zeros((len(sentences), maxlen, len(chars)), dtype=bool)
y = np.zeros((len(sentences), len(chars)), dtype=bool)
for i, sentence in enumerate(sentences):
    for t, char in enumerate(sentence):
        x[i, t, char_indices[char]] = 1
    y[i, char_indices[next_chars[i]]] = 1

model = Sequential()
model.add(LSTM(32, input_shape=(maxlen, len(chars))))
model.add(Dense(len(chars)))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer=RMSprop(lr=0.02))


def sample(preds, temperature=1.0):
    preds = np.asarray(preds).astype("float64")
    preds = np.log(preds) / temperature
    exp_preds = np.exp(preds)
    preds = exp_preds / np.sum(exp_preds)
    return np.argmax(np.random.multinomial(1, preds, 1))


def on_epoch_end(epoch, logs):
    if epoch % 4:
        return
    sentence = text[random.randint(0, 30):][:maxlen]
    for _ in range(15):
        x_pred = np.zeros((1, maxlen, len(chars)))
        for t, char in enumerate(sentence[-maxlen:]):
            x_pred[0, t, char_indices[char]] = 1.0
        preds = model.predict(x_pred, verbose=0)[0]
        sentence += indices_char[sample(preds, 0.2)]
    sys.stdout.write("epoch %d: %s\n" % (epoch, sentence))


print_callback = LambdaCallback(on_epoch_end=on_epoch_end)
model.fit(x, y, batch_size=64, epochs=16, callbacks=[print_callback], verbose=0)
written = text[:maxlen]
for _ in range(40):
    one = np.zeros((1, maxlen, len(chars)))
    for t, char in enumerate(written[-maxlen:]):
        one[0, t, char_indices[char]] = 1
    written += indices_char[int(model.predict(one, verbose=0)[0].argmax())]
right = np.mean([a == b for a, b in zip(written, text)])
print(written)
print("RESULT right", right, ">=", 0.9)
