"""Batch normalization by tf.layers: moving averages move by UPDATE_OPS, and evaluation uses them."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
centers = rng.randn(4, 20) * 2 + 30.0
labels = rng.randint(4, size=2000)
features = (centers[labels] + rng.randn(2000, 20) * 2).astype(np.float32)

x = tf.placeholder(tf.float32, [None, 20], name="x")
y = tf.placeholder(tf.int64, [None], name="y")
training = tf.placeholder_with_default(False, [], name="training")

with tf.variable_scope("net", initializer=tf.variance_scaling_initializer(seed=3)):
    hidden = tf.layers.batch_normalization(x, training=training, momentum=0.9)
    hidden = tf.layers.dense(hidden, 32, use_bias=False)
    hidden = tf.nn.relu(tf.layers.batch_normalization(hidden, training=training, momentum=0.9))
    logits = tf.layers.dense(hidden, 4)

loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
assert len(update_ops) == 4
with tf.control_dependencies(update_ops):
    train_op = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), y), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(300):
        rows = rng.randint(1500, size=50)
        sess.run(train_op, {x: features[rows], y: labels[rows], training: True})
    mean = sess.run(tf.get_default_graph().get_tensor_by_name("net/batch_normalization/moving_mean:0"))
    assert abs(mean.mean() - features.mean()) < 1.0, "the averages moved"
    figure = sess.run(accuracy, {x: features[1500:], y: labels[1500:]})
print("RESULT accuracy %.4f >= 0.97" % figure)
