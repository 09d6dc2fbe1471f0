"""A bidirectional LSTM on sentences of word numbers, as the IMDB example, on made sentences; and a 1D convolution."""

from __future__ import print_function

import numpy as np
from keras.layers import LSTM, Bidirectional, Conv1D, Dense, Dropout, Embedding, GlobalMaxPooling1D
from keras.layers.wrappers import TimeDistributed
from keras.models import Sequential
from keras.preprocessing import sequence
from keras.preprocessing.text import Tokenizer

np.random.seed(3)
good, bad = ["fine", "lovely", "warm", "clever"], ["dull", "weak", "cold", "silly"]
filler = ["the", "film", "a", "plot", "was", "and", "with", "actors", "scene", "of"]
texts, labels = [], []
for _ in range(700):
    label = np.random.randint(2)
    words = list(np.random.choice(filler, np.random.randint(8, 18)))
    for _ in range(2):
        words.insert(np.random.randint(len(words)), np.random.choice(good if label else bad))
    texts.append(" ".join(words))
    labels.append(label)
tokenizer = Tokenizer(num_words=100)
tokenizer.fit_on_texts(texts)
x = sequence.pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=20)
y = np.array(labels)
max_features = len(tokenizer.word_index) + 1
print(max_features, "words, x:", x.shape)

model = Sequential()
model.add(Embedding(max_features, 16, input_length=20, mask_zero=True))
model.add(TimeDistributed(Dense(16, activation="relu")))
model.add(Bidirectional(LSTM(16)))
model.add(Dropout(0.3))
model.add(Dense(1, activation="sigmoid"))
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x[:600], y[:600], batch_size=32, epochs=5, validation_data=[x[600:], y[600:]], verbose=0)
accuracy = model.evaluate(x[600:], y[600:], verbose=0)[1]

conv = Sequential([Embedding(max_features, 16), Conv1D(16, 3, padding="valid", activation="relu", strides=1),
                   GlobalMaxPooling1D(), Dense(1, activation="sigmoid")])
conv.compile("adam", "binary_crossentropy", metrics=["accuracy"])
conv.fit(x[:600], y[:600], batch_size=32, epochs=8, verbose=0)
other = conv.evaluate(x[600:], y[600:], verbose=0)[1]
print("LSTM", accuracy, "convolution", other)
print("RESULT accuracy", min(accuracy, other), ">=", 0.93)
