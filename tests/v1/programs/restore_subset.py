"""Train a network, then restore only its first layers into another network and train the new head."""
import os
import tempfile

import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
rng = np.random.RandomState(0)
x = rng.randn(400, 8).astype(np.float32)
features = np.tanh(x.dot(rng.randn(8, 6)))
first = (features.sum(1) > 0).astype(np.int64)
second = (features[:, 0] > features[:, 1]).astype(np.int64)
folder = tempfile.mkdtemp()


def network(inputs, name):
    with tf.variable_scope("base"):
        w1 = tf.get_variable("w1", [8, 32], initializer=tf.truncated_normal_initializer(stddev=0.3, seed=2))
        b1 = tf.get_variable("b1", [32], initializer=tf.constant_initializer(0.1))
        hidden = tf.nn.relu(tf.matmul(inputs, w1) + b1)
    with tf.variable_scope(name):
        w2 = tf.get_variable("w2", [32, 2], initializer=tf.truncated_normal_initializer(stddev=0.1, seed=3))
        b2 = tf.get_variable("b2", [2], initializer=tf.zeros_initializer())
    return tf.matmul(hidden, w2) + b2


def train(name, labels, restore=None):
    tf.reset_default_graph()
    inputs, target = tf.placeholder(tf.float32, [None, 8]), tf.placeholder(tf.int64, [None])
    logits = network(inputs, name)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits))
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), target), tf.float32))
    step = tf.train.AdamOptimizer(0.01).minimize(loss)
    base = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="base")
    saver = tf.train.Saver({v.op.name: v for v in base if "Adam" not in v.op.name})
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        if restore:
            saver.restore(sess, restore)
        for _ in range(200):
            sess.run(step, {inputs: x, target: labels})
        path = saver.save(sess, os.path.join(folder, name, "base.ckpt"), write_meta_graph=False)
        return path, sess.run(accuracy, {inputs: x, target: labels})


path, score = train("first", first)
names = [name for name, _ in tf.train.list_variables(path)]
assert names == ["base/b1", "base/w1"], names
_, other = train("second", second, path)
print("accuracy of the first task", score)
print("RESULT accuracy %.3f >= 0.95" % other)
