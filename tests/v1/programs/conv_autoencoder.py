"""A convolutional autoencoder: conv2d down, conv2d_transpose up, on drawn squares."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)


def batch(n):
    images = np.zeros((n, 16, 16, 1), np.float32)
    for image in images:
        row, column, size = rng.randint(1, 8), rng.randint(1, 8), rng.randint(3, 7)
        image[row:row + size, column:column + size] = rng.uniform(0.5, 1.0)
    return images


tf.set_random_seed(0)
images = tf.placeholder(tf.float32, [None, 16, 16, 1])
with tf.variable_scope("encoder"):
    net = tf.layers.conv2d(images, 8, 3, strides=2, padding="same", activation=tf.nn.relu)
    net = tf.layers.conv2d(net, 16, 3, strides=2, padding="same", activation=tf.nn.relu)
    code = tf.layers.dense(tf.layers.flatten(net), 16, name="code")
with tf.variable_scope("decoder"):
    net = tf.layers.dense(code, 4 * 4 * 16, activation=tf.nn.relu)
    net = tf.reshape(net, [-1, 4, 4, 16])
    net = tf.layers.conv2d_transpose(net, 8, 3, strides=2, padding="same", activation=tf.nn.relu)
    decoded = tf.layers.conv2d_transpose(net, 1, 3, strides=(2, 2), padding="same")
assert decoded.shape.as_list() == [None, 16, 16, 1]
loss = tf.reduce_mean(tf.squared_difference(images, decoded))
train = tf.train.AdamOptimizer(1e-2).minimize(loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(600):
        _, value = sess.run([train, loss], {images: batch(64)})
        if step % 200 == 0:
            print(step, value)
    figure = sess.run(loss, {images: batch(256)})
print("RESULT error %.5f <= 0.015" % figure)
