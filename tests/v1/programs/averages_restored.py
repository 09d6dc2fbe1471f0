"""Moving averages are saved beside the weights and restored in their place for evaluation."""
import os
import tempfile

import numpy as np
import tensorflow as tf

folder = tempfile.mkdtemp()
rng = np.random.RandomState(2)
x = rng.rand(500, 2).astype(np.float32)
y = (3 * x[:, :1] - x[:, 1:] + 0.5 + 0.3 * rng.randn(500, 1)).astype(np.float32)
X, Y = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.float32, [None, 1])
w = tf.get_variable("w", [2, 1], initializer=tf.zeros_initializer())
b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
loss = tf.reduce_mean(tf.square(tf.matmul(X, w) + b - Y))
global_step = tf.train.get_or_create_global_step()
train = tf.train.GradientDescentOptimizer(0.4).minimize(loss, global_step)
ema = tf.train.ExponentialMovingAverage(0.98, global_step)
with tf.control_dependencies([train]):
    step = ema.apply([w, b])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(600):
        rows = rng.randint(0, 500, 8)
        sess.run(step, {X: x[rows], Y: y[rows]})
    path = tf.train.Saver().save(sess, os.path.join(folder, "model"))
    averaged = sess.run([ema.average(w), ema.average(b)])
names = {n for n, _ in tf.train.list_variables(path)}
assert {"w", "b", "w/ExponentialMovingAverage", "b/ExponentialMovingAverage", "global_step"} <= names, names
with tf.Session() as sess:
    tf.train.Saver(ema.variables_to_restore()).restore(sess, path)
    for got, want in zip(sess.run([w, b]), averaged):
        assert np.array_equal(got, want)
    print("RESULT loss %.4f <= 0.1" % sess.run(loss, {X: x, Y: y}))
