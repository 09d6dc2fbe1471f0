"""The next value of a noisy sine predicted from the last twenty (LSTM with a projection), against predicting no change."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(9)
series = np.sin(np.arange(1200) * 0.25) + 0.05 * rng.randn(1200)
n_steps = 20
windows = np.array([series[i:i + n_steps + 1] for i in range(len(series) - n_steps)])
x_train, y_train = windows[:900, :-1, None], windows[:900, -1:]
x_test, y_test = windows[950:, :-1, None], windows[950:, -1:]

tf.set_random_seed(9)
X = tf.placeholder(tf.float32, [None, n_steps, 1])
y = tf.placeholder(tf.float32, [None, 1])
cell = tf.contrib.rnn.OutputProjectionWrapper(
    tf.contrib.rnn.BasicRNNCell(num_units=40, activation=tf.nn.relu), output_size=1)
outputs, states = tf.nn.dynamic_rnn(cell, X, dtype=tf.float32)
prediction = outputs[:, -1]
loss = tf.reduce_mean(tf.square(prediction - y))
training_op = tf.train.AdamOptimizer(learning_rate=0.002).minimize(loss)

with tf.Session() as sess:
    tf.global_variables_initializer().run()
    for iteration in range(600):
        rows = rng.randint(len(x_train), size=50)
        sess.run(training_op, feed_dict={X: x_train[rows], y: y_train[rows]})
    mse = loss.eval(feed_dict={X: x_test, y: y_test})
unchanged = np.mean((x_test[:, -1] - y_test) ** 2)
print("no change: %.4f" % unchanged)
print("RESULT mse %.5f <= 0.01" % mse)
