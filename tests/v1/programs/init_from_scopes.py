"""A network starts from another network's checkpoint, under other scopes, by init_from_checkpoint."""
import os
import tempfile

import numpy as np
import tensorflow as tf

folder = tempfile.mkdtemp()
rng = np.random.RandomState(1)
x = rng.randn(300, 5).astype(np.float32)
y = (np.abs(x).sum(1) > 4.0).astype(np.float32)[:, None]


def mlp(inputs, scope):
    with tf.variable_scope(scope, initializer=tf.glorot_uniform_initializer(seed=4)):
        w1 = tf.get_variable("w1", [5, 24])
        b1 = tf.get_variable("b1", [24], initializer=tf.zeros_initializer())
        w2 = tf.get_variable("w2", [24, 1])
    return tf.matmul(tf.nn.relu(tf.matmul(inputs, w1) + b1), w2)


def losses(logits):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits))


with tf.Graph().as_default(), tf.Session() as sess:
    loss = losses(mlp(x, "teacher"))
    train = tf.train.AdamOptimizer(0.02).minimize(loss)
    sess.run(tf.global_variables_initializer())
    for _ in range(300):
        sess.run(train)
    trained = sess.run(loss)
    tf.train.Saver(tf.trainable_variables()).save(sess, os.path.join(folder, "teacher.ckpt"))

with tf.Graph().as_default(), tf.Session() as sess:
    student = losses(mlp(x, "net/student"))
    fresh = losses(mlp(x, "fresh"))
    tf.train.init_from_checkpoint(folder, {"teacher/": "net/student/"})
    sess.run(tf.global_variables_initializer())
    start, other = sess.run([student, fresh])
print("trained", trained, "started", start, "fresh", other)
assert other > 2 * start
assert abs(start - trained) < 1e-5
print("RESULT loss %.4f <= 0.3" % start)
