"""Topics of texts: Tokenizer.sequences_to_matrix and a dense network; the classes as np_utils had them."""
from __future__ import print_function

from keras import backend as K
import keras
import numpy as np
from keras.layers import Activation, Dense, Dropout
from keras.models import Sequential
from keras.preprocessing.text import Tokenizer
from keras.utils import np_utils

np.random.seed(0)
max_words = 60
topics = 4
rng = np.random.RandomState(0)
texts, y = [], []
for i in range(400):
    topic = rng.randint(topics)
    ids = np.concatenate([rng.randint(topic * 10, topic * 10 + 10, 6), rng.randint(40, 80, 10)])
    texts.append(' '.join('w%d' % k for k in ids))
    y.append(topic)
tokenizer = Tokenizer(num_words=max_words, split=' ')
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
x = tokenizer.sequences_to_matrix(sequences, mode='binary')
y = np_utils.to_categorical(np.array(y), topics)
x_train, x_test, y_train, y_test = x[:300], x[300:], y[:300], y[300:]
model = Sequential()
model.add(Dense(64, input_shape=(max_words,)))
model.add(Activation('relu'))
model.add(Dropout(0.5))
model.add(Dense(topics))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
K.set_value(model.optimizer.lr, 0.01)
history = model.fit(x_train, y_train, batch_size=32, epochs=8, verbose=1, validation_split=0.1)
score = model.evaluate(x_test, y_test, batch_size=32, verbose=1)
print('Test score:', score[0])
print(sorted(history.history))
print("RESULT accuracy", score[1], ">=", 0.8)
