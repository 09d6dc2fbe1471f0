"""A stateful LSTM that must remember the first number of a long sequence, which it is shown piece by piece."""

import numpy as np
from keras.layers import LSTM, Dense
from keras.models import Sequential

np.random.seed(1337)
sequence_length, piece, batch_size = 12, 3, 20


def sequences(n):
    x = np.zeros((n, sequence_length, 1))
    first = np.random.choice(n, size=n // 2, replace=False)
    x[first, 0, 0] = 1
    y = np.zeros((n, 1))
    y[first] = 1
    return x, y


x_train, y_train = sequences(400)
x_test, y_test = sequences(100)
print("Build STATEFUL model...")
model = Sequential()
model.add(LSTM(10, batch_input_shape=(batch_size, piece, 1), return_sequences=False, stateful=True))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
for epoch in range(8):
    for i in range(0, len(x_train), batch_size):
        for j in range(0, sequence_length, piece):
            loss, accuracy = model.train_on_batch(x_train[i:i + batch_size, j:j + piece], y_train[i:i + batch_size])
        model.reset_states()
right = 0
for i in range(0, len(x_test), batch_size):
    for j in range(0, sequence_length, piece):
        y = model.predict_on_batch(x_test[i:i + batch_size, j:j + piece])
    model.layers[0].reset_states()
    right += int(((y > 0.5) == y_test[i:i + batch_size]).sum())
print("RESULT accuracy", right / len(x_test), ">=", 0.97)
