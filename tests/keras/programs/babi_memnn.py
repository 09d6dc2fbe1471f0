"""A memory network: where is somebody? The story embedded twice, the question once, and an LSTM on top."""
from __future__ import print_function

import numpy as np
from keras import backend as K
from keras.layers import Activation, Dense, Dropout, LSTM, Permute, add, concatenate, dot
from keras.layers.embeddings import Embedding
from keras.models import Input, Model, Sequential
from keras.preprocessing.sequence import pad_sequences

np.random.seed(3)
people, places = ['mary', 'john'], ['kitchen', 'garden', 'office']


def make(n):
    data = []
    for _ in range(n):
        where, story = {}, []
        for _ in range(2):
            p = people[np.random.randint(2)]
            where[p] = places[np.random.randint(3)]
            story += [p, 'to', where[p], '.']
        asked = list(where)[np.random.randint(len(where))]
        data.append((story, ['where', 'is', asked, '?'], where[asked]))
    return data


train, test = make(1000), make(200)
vocab = set()
for story, q, answer in train + test:
    vocab |= set(story + q + [answer])
vocab = sorted(vocab)
vocab_size = len(vocab) + 1
story_maxlen = max(map(len, (x for x, _, _ in train + test)))
query_maxlen = max(map(len, (x for _, x, _ in train + test)))
word_idx = dict((c, i + 1) for i, c in enumerate(vocab))


def vectorize(data):
    inputs, queries, answers = [], [], []
    for story, query, answer in data:
        inputs.append([word_idx[w] for w in story])
        queries.append([word_idx[w] for w in query])
        answers.append(word_idx[answer])
    return (pad_sequences(inputs, maxlen=story_maxlen), pad_sequences(queries, maxlen=query_maxlen), np.array(answers))


inputs_train, queries_train, answers_train = vectorize(train)
inputs_test, queries_test, answers_test = vectorize(test)
input_sequence = Input((story_maxlen,))
question = Input((query_maxlen,))
input_encoder_m = Sequential()
input_encoder_m.add(Embedding(input_dim=vocab_size, output_dim=32))
input_encoder_m.add(Dropout(0.1))
input_encoder_c = Sequential()
input_encoder_c.add(Embedding(input_dim=vocab_size, output_dim=query_maxlen))
input_encoder_c.add(Dropout(0.1))
question_encoder = Sequential()
question_encoder.add(Embedding(input_dim=vocab_size, output_dim=32, input_length=query_maxlen))
question_encoder.add(Dropout(0.1))
input_encoded_m = input_encoder_m(input_sequence)
input_encoded_c = input_encoder_c(input_sequence)
question_encoded = question_encoder(question)
match = dot([input_encoded_m, question_encoded], axes=(2, 2))
match = Activation('softmax')(match)
response = add([match, input_encoded_c])
response = Permute((2, 1))(response)
answer = concatenate([response, question_encoded])
answer = LSTM(32)(answer)
answer = Dropout(0.1)(answer)
answer = Dense(vocab_size)(answer)
answer = Activation('softmax')(answer)
model = Model([input_sequence, question], answer)
model.compile(optimizer='rmsprop', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
K.set_value(model.optimizer.lr, 0.01)
history = model.fit([inputs_train, queries_train], answers_train, batch_size=32, epochs=12,
                    validation_data=([inputs_test, queries_test], answers_test), verbose=2)
print(sorted(history.history))
print("RESULT accuracy", max(history.history['val_accuracy']), ">=", 0.45)
