"""Trains a classifier, freezes it into one GraphDef file, and runs that file with new inputs."""
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import graph_util

rng = np.random.RandomState(1)
points = rng.randn(400, 2).astype(np.float32)
labels = (points[:, 0] * points[:, 1] > 0).astype(np.int64)

x = tf.placeholder(tf.float32, [None, 2], name="input")
y_ = tf.placeholder(tf.int64, [None], name="labels")
with tf.variable_scope("hidden"):
    w1 = tf.get_variable("w", [2, 16], initializer=tf.random_normal_initializer(stddev=0.8, seed=2))
    b1 = tf.get_variable("b", [16], initializer=tf.zeros_initializer())
    hidden = tf.nn.relu(tf.matmul(x, w1) + b1)
with tf.variable_scope("output"):
    w2 = tf.get_variable("w", [16, 2], initializer=tf.random_normal_initializer(stddev=0.3, seed=3))
    b2 = tf.get_variable("b", [2], initializer=tf.zeros_initializer())
    logits = tf.matmul(hidden, w2) + b2
tf.argmax(logits, 1, name="prediction")
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y_, logits=logits))
train_op = tf.train.AdamOptimizer(0.03).minimize(loss)

path = os.path.join(tempfile.mkdtemp(), "frozen_model.pb")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(400):
        sess.run(train_op, {x: points, y_: labels})
    frozen = graph_util.convert_variables_to_constants(sess, sess.graph_def, ["prediction"])
    frozen = graph_util.remove_training_nodes(frozen)
    with tf.gfile.GFile(path, "wb") as f:
        f.write(frozen.SerializeToString())
    print("%d ops in the final graph." % len(frozen.node))

with tf.Graph().as_default() as graph:
    graph_def = tf.GraphDef()
    with tf.gfile.GFile(path, "rb") as f:
        graph_def.ParseFromString(f.read())
    tf.import_graph_def(graph_def, name="prefix")
    new = rng.randn(500, 2).astype(np.float32)
    new = new[np.abs(new).min(1) > 0.1]
    with tf.Session(graph=graph) as sess:
        found = sess.run("prefix/prediction:0", feed_dict={"prefix/input:0": new})
accuracy = np.mean(found == (new[:, 0] * new[:, 1] > 0))
print("RESULT frozen_accuracy %.3f >= 0.9" % accuracy)
