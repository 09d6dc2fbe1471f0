"""Saves a network half trained, and goes on from its MetaGraph alone, found again by collections and names."""
import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(3)
data = rng.uniform(-3, 3, (512, 1)).astype(np.float32)
values = np.sin(data)
prefix = os.path.join(tempfile.mkdtemp(), "sine")

with tf.Graph().as_default():
    tf.set_random_seed(4)
    x = tf.placeholder(tf.float32, [None, 1], name="x")
    y = tf.placeholder(tf.float32, [None, 1], name="y")
    hidden = tf.layers.dense(x, 32, activation=tf.nn.tanh)
    prediction = tf.layers.dense(hidden, 1, name="prediction")
    loss = tf.losses.mean_squared_error(y, prediction)
    global_step = tf.train.get_or_create_global_step()
    train_op = tf.train.AdamOptimizer(0.02).minimize(loss, global_step=global_step, name="train_op")
    tf.add_to_collection("loss", loss)
    saver = tf.train.Saver(max_to_keep=2)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(30):
            sess.run(train_op, {x: data, y: values})
        before = sess.run(loss, {x: data, y: values})
        saver.save(sess, prefix, global_step=global_step)

with tf.Graph().as_default() as graph, tf.Session() as sess:
    checkpoint = tf.train.latest_checkpoint(os.path.dirname(prefix))
    saver = tf.train.import_meta_graph(checkpoint + ".meta")
    saver.restore(sess, checkpoint)
    feed = {graph.get_tensor_by_name("x:0"): data, "y:0": values}
    loss = tf.get_collection("loss")[0]
    assert abs(sess.run(loss, feed) - before) < 1e-5
    train_op = graph.get_operation_by_name("train_op")
    for _ in range(300):
        sess.run(train_op, feed)
    step = sess.run(tf.train.get_global_step())
    assert step == 330, step
    print("loss %.4f before, step %d" % (before, step))
    print("RESULT loss_after_continuing %.5f <= 0.01" % sess.run(loss, feed))
