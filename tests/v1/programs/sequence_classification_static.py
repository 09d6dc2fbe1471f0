"""Images read row by row by an unrolled LSTM (static_rnn)."""

import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn

rng = np.random.RandomState(3)
timesteps, num_input, num_hidden, num_classes = 10, 8, 32, 4
patterns = rng.rand(num_classes, timesteps, num_input)


def batches(count):
    labels = rng.randint(num_classes, size=count)
    return patterns[labels] + 0.5 * rng.randn(count, timesteps, num_input), np.eye(num_classes)[labels]


tf.set_random_seed(3)
X = tf.placeholder("float", [None, timesteps, num_input])
Y = tf.placeholder("float", [None, num_classes])
weights = {"out": tf.Variable(tf.random_normal([num_hidden, num_classes]))}
biases = {"out": tf.Variable(tf.random_normal([num_classes]))}


def RNN(x, weights, biases):
    x = tf.unstack(x, timesteps, 1)
    lstm_cell = rnn.BasicLSTMCell(num_hidden, forget_bias=1.0)
    outputs, states = rnn.static_rnn(lstm_cell, x, dtype=tf.float32)
    return tf.matmul(outputs[-1], weights["out"]) + biases["out"]


logits = RNN(X, weights, biases)
loss_op = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(logits=logits, labels=Y))
train_op = tf.train.RMSPropOptimizer(learning_rate=0.003).minimize(loss_op)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), tf.argmax(Y, 1)), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(250):
        batch_x, batch_y = batches(64)
        sess.run(train_op, feed_dict={X: batch_x, Y: batch_y})
    test_x, test_y = batches(500)
    figure = sess.run(accuracy, feed_dict={X: test_x, Y: test_y})
print("RESULT accuracy %.4f >= 0.9" % figure)
