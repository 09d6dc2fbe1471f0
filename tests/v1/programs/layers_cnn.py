"""A convolutional network by tf.layers on MNIST, with dropout in training only."""

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

mnist = input_data.read_data_sets("MNIST_data", one_hot=True)
tf.set_random_seed(1)
np.random.seed(1)


def network(images, training):
    net = tf.reshape(images, [-1, 28, 28, 1])
    net = tf.layers.conv2d(net, filters=8, kernel_size=5, padding="same", activation=tf.nn.relu)
    net = tf.layers.max_pooling2d(net, pool_size=2, strides=2)
    net = tf.layers.conv2d(net, 16, [3, 3], padding="same", activation=tf.nn.relu, name="second")
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.flatten(net)
    net = tf.layers.dense(net, 64, activation=tf.nn.relu)
    net = tf.layers.dropout(net, rate=0.4, training=training)
    return tf.layers.dense(net, 10, name="logits")


x = tf.placeholder(tf.float32, [None, 784])
y = tf.placeholder(tf.float32, [None, 10])
is_training = tf.placeholder(tf.bool)
logits = network(x, is_training)
loss = tf.losses.softmax_cross_entropy(onehot_labels=y, logits=logits)
train_op = tf.train.AdamOptimizer(2e-3).minimize(loss, global_step=tf.train.get_or_create_global_step())
correct = tf.equal(tf.argmax(logits, 1), tf.argmax(y, 1))
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
print([v.name for v in tf.trainable_variables()])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(200):
        batch_x, batch_y = mnist.train.next_batch(64)
        _, value = sess.run([train_op, loss], feed_dict={x: batch_x, y: batch_y, is_training: True})
        if step % 50 == 0:
            print("step", step, "loss", value)
    figure = sess.run(accuracy, {x: mnist.test.images[:2000], y: mnist.test.labels[:2000], is_training: False})
print("RESULT accuracy %.4f >= 0.9" % figure)
