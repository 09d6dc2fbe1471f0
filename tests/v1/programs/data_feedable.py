"""A feedable iterator: a string handle switches between an endless training set and a validation set."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(3)
rng = np.random.RandomState(0)
x_all = rng.randn(800, 4).astype(np.float32)
y_all = (x_all.dot([[1.0], [-2.0], [0.5], [3.0]]) + 0.5).astype(np.float32)

train = tf.data.Dataset.from_tensor_slices((x_all[:700], y_all[:700])).shuffle(700).repeat().batch(32)
validation = tf.data.Dataset.from_tensor_slices((x_all[700:], y_all[700:])).batch(25)

handle = tf.placeholder(tf.string, shape=[])
iterator = tf.data.Iterator.from_string_handle(handle, train.output_types, train.output_shapes)
x, y = iterator.get_next()
train_iterator = train.make_one_shot_iterator()
validation_iterator = validation.make_initializable_iterator()

w = tf.get_variable("w", [4, 1], initializer=tf.zeros_initializer())
b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
loss = tf.reduce_mean(tf.squared_difference(tf.matmul(x, w) + b, y))
train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    train_handle = sess.run(train_iterator.string_handle())
    validation_handle = sess.run(validation_iterator.string_handle())
    for round_ in range(5):
        for _ in range(40):
            sess.run(train_op, {handle: train_handle})
        sess.run(validation_iterator.initializer)
        losses = []
        while True:
            try:
                losses.append(sess.run(loss, {handle: validation_handle}))
            except tf.errors.OutOfRangeError:
                break
        assert len(losses) == 4, len(losses)
print("RESULT validation_loss %.6f <= 0.001" % np.mean(losses))
