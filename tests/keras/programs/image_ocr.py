"""Letters in a strip of pixels, read by a recurrent network with the CTC loss in a Lambda layer."""
import random

import itertools

import numpy as np
from keras import backend as K
from keras.callbacks import Callback
from keras.layers import Activation, Dense, Input, Lambda, Reshape
from keras.layers.merge import add, concatenate
from keras.layers.recurrent import GRU
from keras.models import Model
from keras.optimizers import SGD

random.seed(0)
np.random.seed(0)
alphabet, time, height, max_len = 'abc', 12, 5, 3
glyphs = np.random.RandomState(7).rand(len(alphabet), 3, height)


def batch(n, rng):
    images = 0.1 * rng.rand(n, time, height)
    labels = np.zeros((n, max_len))
    lengths = np.zeros((n, 1))
    for i in range(n):
        k = rng.randint(2, max_len + 1)
        word = [rng.randint(len(alphabet)) for _ in range(k)]
        for j, c in enumerate(word):
            images[i, 4 * j: 4 * j + 3] += glyphs[c]
        labels[i, :k] = word
        lengths[i] = k
    return images, labels, lengths


def generator(seed):
    rng = np.random.RandomState(seed)
    while True:
        images, labels, lengths = batch(32, rng)
        inputs = {'the_input': images, 'the_labels': labels, 'input_length': np.full((32, 1), time),
                  'label_length': lengths}
        yield inputs, {'ctc': np.zeros([32])}


def ctc_lambda_func(args):
    y_pred, labels, input_length, label_length = args
    return K.ctc_batch_cost(labels, y_pred, input_length, label_length)


def decode_batch(test_func, word_batch):
    out = test_func([word_batch])[0]
    ret = []
    for j in range(out.shape[0]):
        out_best = list(np.argmax(out[j, :], 1))
        ret.append([k for k, g in itertools.groupby(out_best) if k != len(alphabet)])
    return ret


class Watch(Callback):
    def on_epoch_end(self, epoch, logs={}):
        print(epoch, round(logs['loss'], 3))


input_data = Input(name='the_input', shape=(time, height), dtype='float32')
inner = Dense(16, activation='relu', name='dense1')(input_data)
gru_1 = GRU(24, return_sequences=True, kernel_initializer='he_normal', name='gru1')(inner)
gru_1b = GRU(24, return_sequences=True, go_backwards=True, kernel_initializer='he_normal', name='gru1_b')(inner)
gru1_merged = concatenate([gru_1, Lambda(lambda x: K.reverse(x, 1))(gru_1b)])
inner = Dense(len(alphabet) + 1, kernel_initializer='he_normal', name='dense2')(gru1_merged)
y_pred = Activation('softmax', name='softmax')(inner)
Model(inputs=input_data, outputs=y_pred).summary()
labels = Input(name='the_labels', shape=[max_len], dtype='float32')
input_length = Input(name='input_length', shape=[1], dtype='int64')
label_length = Input(name='label_length', shape=[1], dtype='int64')
loss_out = Lambda(ctc_lambda_func, output_shape=(1,), name='ctc')([y_pred, labels, input_length, label_length])
sgd = SGD(learning_rate=0.05, decay=1e-6, momentum=0.9, nesterov=True, clipnorm=5)
model = Model(inputs=[input_data, labels, input_length, label_length], outputs=loss_out)
model.compile(loss={'ctc': lambda y_true, y_pred: y_pred}, optimizer=sgd)
test_func = K.function([input_data], [y_pred])
model.fit_generator(generator=generator(0), steps_per_epoch=30, epochs=8, validation_data=generator(1),
                    validation_steps=2, callbacks=[Watch()], initial_epoch=0, verbose=0)
images, labels, lengths = batch(100, np.random.RandomState(2))
read = decode_batch(test_func, images)
wanted = [list(map(int, l[:int(n)])) for l, n in zip(labels, lengths[:, 0])]
best = np.mean([a == b for a, b in zip(read, wanted)])
probabilities = test_func([images])[0]
length = np.full((100,), time)
greedy = K.get_value(K.ctc_decode(K.variable(probabilities), K.variable(length, dtype='int32'), greedy=True)[0][0])
beam = K.get_value(K.ctc_decode(K.variable(probabilities), K.variable(length, dtype='int32'), greedy=False,
                                beam_width=10, top_paths=1)[0][0])
same = np.mean([[v for v in row if v >= 0] == other for row, other in zip(greedy.tolist(), read)])
beams = np.mean([[v for v in row if v >= 0] == other for row, other in zip(beam.tolist(), wanted)])
print(greedy.shape, beam.shape, greedy.dtype, 'same', same, 'beam', beams)
assert same == 1
print("RESULT words", best, ">=", 0.8)
