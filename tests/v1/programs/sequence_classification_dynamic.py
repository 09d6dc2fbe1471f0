"""Sequences of different lengths classified by the output at their last step (dynamic_rnn with sequence_length)."""

import random

import numpy as np
import tensorflow as tf


class ToySequenceData(object):
    """Class 0: numbers that grow one by one; class 1: random numbers. Lengths differ; padding is zero."""

    def __init__(self, n_samples=600, max_seq_len=12, min_seq_len=4, max_value=200):
        self.data, self.labels, self.seqlen = [], [], []
        for _ in range(n_samples):
            length = random.randint(min_seq_len, max_seq_len)
            self.seqlen.append(length)
            if random.random() < .5:
                start = random.randint(0, max_value - length)
                s = [[float(i) / max_value] for i in range(start, start + length)]
                self.labels.append([1., 0.])
            else:
                s = [[float(random.randint(0, max_value)) / max_value] for _ in range(length)]
                self.labels.append([0., 1.])
            self.data.append(s + [[0.] for _ in range(max_seq_len - length)])
        self.batch_id = 0

    def next(self, batch_size):
        if self.batch_id == len(self.data):
            self.batch_id = 0
        end = min(self.batch_id + batch_size, len(self.data))
        batch = self.data[self.batch_id:end], self.labels[self.batch_id:end], self.seqlen[self.batch_id:end]
        self.batch_id = end
        return batch


random.seed(2)
tf.set_random_seed(2)
trainset, testset = ToySequenceData(), ToySequenceData(300)
seq_max_len, n_hidden, n_classes = 12, 32, 2

x = tf.placeholder("float", [None, seq_max_len, 1])
y = tf.placeholder("float", [None, n_classes])
seqlen = tf.placeholder(tf.int32, [None])
weights = {"out": tf.Variable(tf.random_normal([n_hidden, n_classes]))}
biases = {"out": tf.Variable(tf.random_normal([n_classes]))}


def dynamic_rnn(x, seqlen):
    lstm_cell = tf.nn.rnn_cell.LSTMCell(n_hidden)
    outputs, states = tf.nn.dynamic_rnn(lstm_cell, x, dtype=tf.float32, sequence_length=seqlen)
    batch_size = tf.shape(outputs)[0]
    index = tf.range(0, batch_size) * seq_max_len + (seqlen - 1)
    last = tf.gather(tf.reshape(outputs, [-1, n_hidden]), index)
    return tf.matmul(last, weights["out"]) + biases["out"]


pred = dynamic_rnn(x, seqlen)
cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=pred, labels=y))
optimizer = tf.train.AdamOptimizer(0.01).minimize(cost)
correct_pred = tf.equal(tf.argmax(pred, 1), tf.argmax(y, 1))
accuracy = tf.reduce_mean(tf.cast(correct_pred, tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(300):
        batch_x, batch_y, batch_seqlen = trainset.next(100)
        sess.run(optimizer, feed_dict={x: batch_x, y: batch_y, seqlen: batch_seqlen})
    figure = sess.run(accuracy, feed_dict={x: testset.data, y: testset.labels, seqlen: testset.seqlen})
print("RESULT accuracy %.4f >= 0.9" % figure)
