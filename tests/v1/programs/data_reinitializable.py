"""A reinitializable iterator: training and validation data by one structure, and an initializer for each."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(2)
rng = np.random.RandomState(0)
inputs = rng.uniform(-1, 1, (600, 2)).astype(np.float32)
targets = (inputs[:, 0] * inputs[:, 1] > 0).astype(np.float32)[:, np.newaxis]

train = tf.data.Dataset.from_tensor_slices((inputs[:500], targets[:500])).shuffle(500).batch(50)
validation = tf.data.Dataset.from_tensor_slices((inputs[500:], targets[500:])).batch(100)
iterator = tf.data.Iterator.from_structure(train.output_types, train.output_shapes)
x, y = iterator.get_next()
start_training = iterator.make_initializer(train)
start_validation = iterator.make_initializer(validation, name="start_validation")

hidden = tf.layers.dense(x, 32, tf.nn.relu, kernel_initializer=tf.glorot_uniform_initializer(seed=1))
logits = tf.layers.dense(hidden, 1, kernel_initializer=tf.glorot_uniform_initializer(seed=2))
loss = tf.losses.sigmoid_cross_entropy(y, logits)
train_op = tf.train.AdamOptimizer(0.02).minimize(loss)
hits = tf.reduce_mean(tf.cast(tf.equal(logits > 0, y > 0.5), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(30):
        sess.run(start_training)
        for _ in range(10):
            sess.run(train_op)
        sess.run(start_validation)
        figure = sess.run(hits)
try:
    iterator.make_initializer(tf.data.Dataset.range(3))
    raise AssertionError("another structure must be refused")
except (TypeError, ValueError):
    pass
print("RESULT accuracy %.4f >= 0.9" % figure)
