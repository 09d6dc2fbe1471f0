"""Transfer learning: the features of a saved network, stopped, under a new head that alone is trained."""
import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(5)
points = rng.uniform(-1, 1, (600, 2)).astype(np.float32)
radius = np.sqrt((points ** 2).sum(1))
folder = tempfile.mkdtemp()

with tf.Graph().as_default():
    tf.set_random_seed(6)
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    t = tf.placeholder(tf.float32, [None], name="t")
    features = tf.layers.dense(tf.layers.dense(x, 32, tf.nn.relu, name="first"), 16, tf.nn.relu, name="features")
    loss = tf.reduce_mean(tf.square(tf.squeeze(tf.layers.dense(features, 1), 1) - t))
    step = tf.train.AdamOptimizer(0.01).minimize(loss)
    tf.add_to_collection("features", features)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(300):
            sess.run(step, {x: points, t: radius})
        tf.train.Saver().save(sess, os.path.join(folder, "radius"))

with tf.Graph().as_default(), tf.Session() as sess:
    restorer = tf.train.import_meta_graph(os.path.join(folder, "radius.meta"), clear_devices=True)
    features = tf.stop_gradient(tf.get_collection("features")[0])
    labels = tf.placeholder(tf.int64, [None])
    with tf.variable_scope("head"):
        logits = tf.layers.dense(features, 2)
    head = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="head")
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    step = tf.train.AdamOptimizer(0.05, name="head_adam").minimize(loss, var_list=head)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), labels), tf.float32))
    sess.run(tf.global_variables_initializer())
    restorer.restore(sess, os.path.join(folder, "radius"))
    inside = (radius < 0.6).astype(np.int64)
    kernel = sess.run("first/kernel:0")
    for _ in range(300):
        sess.run(step, {"x:0": points, labels: inside})
    assert (sess.run("first/kernel:0") == kernel).all()
    print("RESULT transfer_accuracy %.3f >= 0.93" % sess.run(accuracy, {"x:0": points, labels: inside}))
