"""LSTM layers on sequences: which of two waves, and the sum of two numbers, of different lengths."""

import numpy as np
from keras.layers import Dense, Masking
from keras.layers.recurrent import GRU, LSTM
from keras.models import Sequential
from keras.optimizers import Adam
from keras.preprocessing import sequence

np.random.seed(1)
lengths = np.random.randint(6, 13, 600)
labels = np.random.randint(0, 2, 600)
waves = [(np.sin if label else np.cos)(np.arange(n) * 0.7)[:, None] + 0.1 * np.random.randn(n, 1)
         for n, label in zip(lengths, labels)]
x = sequence.pad_sequences(waves, maxlen=12, dtype="float32", value=-9.0)

model = Sequential()
model.add(Masking(mask_value=-9.0, input_shape=(12, 1)))
model.add(LSTM(16, return_sequences=True, dropout=0.1, recurrent_dropout=0.1, implementation=1))
model.add(GRU(16, reset_after=False))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=Adam(lr=0.01), metrics=["acc"])
history = model.fit(x[:500], labels[:500], batch_size=50, epochs=8, verbose=0, validation_split=0.1)
assert "val_acc" in history.history
loss, acc = model.evaluate(x[500:], labels[500:], verbose=0)
print("RESULT accuracy", acc, ">=", 0.93)
