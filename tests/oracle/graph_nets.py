"""Small networks made by TensorFlow 1.15, with their files and answers: `python graph_nets.py FOLDER [NAME …]`.

For each: a checkpoint with its MetaGraph after two steps, the frozen graph, a SavedModel, and answers.json.
"""

import json
import os
import sys

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import graph_util

L = tf.layers


def inception(x, train):
    def conv(x, n, k, s=1, p="same"):
        x = L.conv2d(x, n, k, s, p, use_bias=False)
        return tf.nn.relu(L.batch_normalization(x, training=train))

    x = L.max_pooling2d(conv(x, 4, 3, 1, "valid"), 3, 2)
    parts = [conv(x, 2, 1), conv(conv(x, 2, 1), 3, 3), conv(L.average_pooling2d(x, 3, 1, "same"), 2, 1)]
    x = tf.nn.lrn(tf.concat(parts, 3), 4, bias=1.0, alpha=0.001 / 9.0, beta=0.75)
    x = tf.reduce_mean(tf.image.resize_bilinear(x, [5, 5]), [1, 2])
    return L.dense(L.dropout(x, 0.0, training=train), 5)


def mobilenet(x, train):
    x = L.conv2d(x, 4, 3, 2, "same", activation=tf.nn.relu6)
    x = tf.nn.relu6(tf.nn.depthwise_conv2d(x, tf.get_variable("dw", [3, 3, 4, 1]), [1, 1, 1, 1], "SAME"))
    x = L.batch_normalization(x, training=train, fused=True)
    x = L.separable_conv2d(x, 6, 3, 2, "same")
    return tf.squeeze(L.conv2d(tf.nn.avg_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), 5, 1), [1, 2])


def resnet(x, train):
    x = L.conv2d(x, 4, 3, 1, "same")
    for i in range(2):
        y = tf.nn.relu(L.batch_normalization(x, training=train))
        shortcut = L.conv2d(y, 6, 1, 2) if i else x
        y = tf.pad(y, [[0, 0], [1, 1], [1, 1], [0, 0]])
        x = shortcut + L.conv2d(y, shortcut.shape[-1].value, 3, 1 + i, "valid")
    return L.dense(L.flatten(tf.reduce_mean(x, [1, 2], keepdims=True)), 5)


def static_rnn(x, train):
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicLSTMCell(6), tf.nn.rnn_cell.GRUCell(5)])
    outputs, _ = tf.nn.static_rnn(cell, tf.unstack(tf.reshape(x, [-1, 4, 48]), axis=1), dtype=tf.float32)
    return L.dense(outputs[-1], 5)


def dynamic_rnn(x, train):
    lengths = tf.fill([tf.shape(x)[0]], 6)
    outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(6), tf.reshape(x, [-1, 8, 24]), lengths,
                                       dtype=tf.float32)
    return L.dense(tf.reduce_sum(outputs, 1) + state.h, 5)


def loops(x, train):
    w = tf.get_variable("w", [3, 3])

    def body(i, y):
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: tf.tanh(tf.matmul(y, w)), lambda: y * 1.5)

    _, y = tf.while_loop(lambda i, y: i < 5, body, [0, tf.reduce_mean(x, [1, 2])])
    return L.dense(y, 5)


def branches(x, train):
    x = tf.reduce_mean(x, [1, 2])
    w = tf.get_variable("w", [3, 4])
    y = tf.cond(train, lambda: tf.matmul(x, w) * 2.0, lambda: tf.matmul(x, w))
    y = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.cond(train, lambda: y * y, lambda: tf.tanh(y)), lambda: -y)
    return L.dense(y, 5)


def resources(x, train):
    with tf.variable_scope("r", use_resource=True):
        x = tf.nn.elu(L.dense(L.flatten(x), 8))
        x = x + tf.nn.embedding_lookup(tf.get_variable("embedding", [10, 8]), tf.constant([1, 2, 1, 3]))
        return L.dense(L.batch_normalization(x, training=train), 5)


NETS = {f.__name__: f for f in (inception, mobilenet, resnet, static_rnn, dynamic_rnn, loops, branches, resources)}
OPTIMIZERS = {
    "inception": lambda: tf.train.MomentumOptimizer(0.01, 0.9),
    "mobilenet": lambda: tf.train.MomentumOptimizer(0.05, 0.9), "resnet": lambda: tf.train.RMSPropOptimizer(0.01),
    "loops": lambda: tf.train.GradientDescentOptimizer(0.05), "branches": lambda: tf.train.AdagradOptimizer(0.05)}


def loss_of(name, logits, y):
    if name == "static_rnn":
        entropy = tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.one_hot(y, 5), logits=logits)
        return tf.reduce_mean(entropy) + 0.01 * tf.nn.l2_loss(tf.trainable_variables()[0])
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))


def train_op_of(name, loss, step):
    optimizer = OPTIMIZERS.get(name, lambda: tf.train.AdamOptimizer(0.05))()
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        if name != "static_rnn":
            return optimizer.minimize(loss, step, name="train_op")
        grads, variables = zip(*optimizer.compute_gradients(loss))  # noqa: B905  (Python 3.7)
        clipped = tf.clip_by_global_norm(grads, 1.0)[0]
        return optimizer.apply_gradients(list(zip(clipped, variables)), step, name="train_op")  # noqa: B905  (Python 3.7)


def make(name, folder, data):
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
    y = tf.placeholder(tf.int64, [None], name="y")
    train = tf.placeholder_with_default(True, [], name="train")
    logits = NETS[name](x, train)
    prob = tf.nn.softmax(logits, name="prob")
    loss = tf.identity(loss_of(name, logits, y), name="loss")
    op = train_op_of(name, loss, tf.train.get_or_create_global_step())
    tf.add_to_collection("train_op", op)
    saver = tf.train.Saver()
    feed = {x: data["x"], y: data["y"]}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(2):
            sess.run(op, feed)
        saver.save(sess, os.path.join(folder, "model"))
        answers = {"prob": sess.run(prob, feed).tolist()}
        graph = tf.get_default_graph()
        frozen = graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ["prob"])
        with open(os.path.join(folder, "frozen.pb"), "wb") as file:
            file.write(frozen.SerializeToString())
        tf.saved_model.simple_save(sess, os.path.join(folder, "saved_model"), {"x": x}, {"prob": prob})
        answers["losses"] = [float(sess.run([loss, op], feed)[0]) for _ in range(5)]
        answers["sums"] = {v.op.name: float(np.sum(np.abs(sess.run(v)))) for v in tf.global_variables()}
    with open(os.path.join(folder, "answers.json"), "w") as file:
        json.dump(answers, file)


if __name__ == "__main__":
    random = np.random.RandomState(0)
    given = {"x": random.rand(4, 8, 8, 3).astype(np.float32), "y": np.array([0, 1, 2, 4])}
    np.savez(os.path.join(sys.argv[1], "data.npz"), **given)
    for each in sys.argv[2:] or NETS:
        tf.reset_default_graph()
        make(each, os.path.join(sys.argv[1], each), given)
