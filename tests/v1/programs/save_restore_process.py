"""One process trains and saves; another, with the same graph, restores and goes on."""
import os
import tempfile

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
xs = np.random.RandomState(0).rand(200, 3).astype(np.float32)
ys = xs.dot(np.array([[1.0], [-2.0], [0.5]], np.float32)) + 0.3

X = tf.placeholder(tf.float32, [None, 3], name="X")
Y = tf.placeholder(tf.float32, [None, 1], name="Y")
with tf.variable_scope("linear"):
    W = tf.get_variable("W", [3, 1], initializer=tf.truncated_normal_initializer(seed=1))
    b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
loss = tf.reduce_mean(tf.square(tf.matmul(X, W) + b - Y))
global_step = tf.Variable(0, trainable=False, name="global_step")
train_op = tf.train.GradientDescentOptimizer(0.5).minimize(loss, global_step=global_step)
saver = tf.train.Saver()

folder = tempfile.mkdtemp()
child = os.fork()
if child == 0:
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(150):
            sess.run(train_op, {X: xs, Y: ys})
        saver.save(sess, os.path.join(folder, "model.ckpt"), global_step=global_step)
        with open(os.path.join(folder, "loss"), "w") as file:
            file.write(repr(float(sess.run(loss, {X: xs, Y: ys}))))
    os._exit(0)

assert os.waitpid(child, 0)[1] == 0
with tf.Session() as sess:
    ckpt = tf.train.get_checkpoint_state(folder)
    saver.restore(sess, ckpt.model_checkpoint_path)
    step, there = sess.run([global_step, loss], {X: xs, Y: ys})
with open(os.path.join(folder, "loss")) as file:
    here = float(file.read())
assert step == 150 and ckpt.model_checkpoint_path.endswith("model.ckpt-150")
assert abs(here - there) < 1e-6, (here, there)
print("RESULT loss %.5f <= 0.01" % there)
