"""Sequence to sequence: an encoder's states start the decoder; afterwards both run one step at a time."""
from __future__ import print_function

import random

import numpy as np
from keras import backend as K
from keras.layers import LSTM, Dense, Input
from keras.models import Model, load_model

random.seed(0)
np.random.seed(0)
words = [''.join(np.random.choice(list('abcd'), 4)) for _ in range(300)]
input_texts = words
target_texts = ['\t' + w[::-1].upper() + '\n' for w in words]
input_characters = sorted(set(''.join(input_texts)))
target_characters = sorted(set(''.join(target_texts)))
num_encoder_tokens, num_decoder_tokens = len(input_characters), len(target_characters)
max_encoder = max(len(t) for t in input_texts)
max_decoder = max(len(t) for t in target_texts)
input_token_index = dict([(char, i) for i, char in enumerate(input_characters)])
target_token_index = dict([(char, i) for i, char in enumerate(target_characters)])
encoder_input_data = np.zeros((len(words), max_encoder, num_encoder_tokens), dtype='float32')
decoder_input_data = np.zeros((len(words), max_decoder, num_decoder_tokens), dtype='float32')
decoder_target_data = np.zeros((len(words), max_decoder, num_decoder_tokens), dtype='float32')
for i, (a, b) in enumerate(zip(input_texts, target_texts)):
    for t, char in enumerate(a):
        encoder_input_data[i, t, input_token_index[char]] = 1.
    for t, char in enumerate(b):
        decoder_input_data[i, t, target_token_index[char]] = 1.
        if t > 0:
            decoder_target_data[i, t - 1, target_token_index[char]] = 1.
latent_dim = 48
encoder_inputs = Input(shape=(None, num_encoder_tokens))
encoder = LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, num_decoder_tokens))
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(num_decoder_tokens, activation='softmax')
decoder_outputs = decoder_dense(decoder_outputs)
model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
K.set_value(model.optimizer.lr, 0.01)
model.fit([encoder_input_data, decoder_input_data], decoder_target_data, batch_size=32, epochs=30,
          validation_split=0.1, verbose=0)
model.save('s2s.h5')
model = load_model('s2s.h5')
# as restored: pick the tensors out of the loaded model
encoder_inputs = model.input[0]
encoder_outputs, state_h_enc, state_c_enc = model.layers[2].output
encoder_model = Model(encoder_inputs, [state_h_enc, state_c_enc])
decoder_inputs = model.input[1]
decoder_state_input_h = Input(shape=(latent_dim,), name='input_3')
decoder_state_input_c = Input(shape=(latent_dim,), name='input_4')
decoder_states_inputs = [decoder_state_input_h, decoder_state_input_c]
decoder_lstm = model.layers[3]
decoder_outputs, state_h_dec, state_c_dec = decoder_lstm(decoder_inputs, initial_state=decoder_states_inputs)
decoder_dense = model.layers[4]
decoder_outputs = decoder_dense(decoder_outputs)
decoder_model = Model([decoder_inputs] + decoder_states_inputs, [decoder_outputs, state_h_dec, state_c_dec])
reverse_target = dict((i, char) for char, i in target_token_index.items())


def decode_sequence(input_seq):
    states_value = encoder_model.predict(input_seq, verbose=0)
    target_seq = np.zeros((1, 1, num_decoder_tokens))
    target_seq[0, 0, target_token_index['\t']] = 1.
    decoded = ''
    while True:
        output_tokens, h, c = decoder_model.predict([target_seq] + states_value, verbose=0)
        index = np.argmax(output_tokens[0, -1, :])
        char = reverse_target[index]
        decoded += char
        if char == '\n' or len(decoded) > max_decoder:
            return decoded
        target_seq = np.zeros((1, 1, num_decoder_tokens))
        target_seq[0, 0, index] = 1.
        states_value = [h, c]


right = []
for i in range(10):
    text = decode_sequence(encoder_input_data[i: i + 1])
    right.append(np.mean([a == b for a, b in zip(text, target_texts[i][1:])]))
print(input_texts[9], text)
print("RESULT right", np.mean(right), ">=", 0.75)
