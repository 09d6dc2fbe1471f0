"""A generative adversarial network: two optimizers, each over its own variable scope."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(3)
tf.set_random_seed(3)
MEAN, DEVIATION = 4.0, 0.6


def generator(z, reuse=False):
    with tf.variable_scope("generator", reuse=reuse):
        net = tf.layers.dense(z, 16, activation=tf.nn.softplus, name="hidden")
        return tf.layers.dense(net, 1, name="out")


def discriminator(x, reuse=False):
    with tf.variable_scope("discriminator", reuse=reuse):
        net = tf.layers.dense(x, 32, activation=tf.nn.tanh, name="first")
        net = tf.layers.dense(net, 32, activation=tf.nn.tanh, name="second")
        return tf.layers.dense(net, 1, name="out")


real = tf.placeholder(tf.float32, [None, 1])
noise = tf.placeholder(tf.float32, [None, 1])
fake = generator(noise)
on_real, on_fake = discriminator(real), discriminator(fake, reuse=True)


def cross_entropy(logits, target):
    labels = tf.ones_like(logits) * target
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=labels))


d_loss = cross_entropy(on_real, 0.9) + cross_entropy(on_fake, 0.0)
g_loss = cross_entropy(on_fake, 1.0)
d_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="discriminator")
g_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="generator")
assert len(d_vars) == 6 and len(g_vars) == 4
d_train = tf.train.AdamOptimizer(2e-3, beta1=0.5).minimize(d_loss, var_list=d_vars)
g_train = tf.train.AdamOptimizer(2e-3, beta1=0.5).minimize(g_loss, var_list=g_vars)

means = []
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(2500):
        feed = {real: rng.normal(MEAN, DEVIATION, (64, 1)), noise: rng.uniform(-1, 1, (64, 1))}
        sess.run(d_train, feed)
        sess.run(g_train, {noise: rng.uniform(-1, 1, (64, 1))})
        if step >= 1500 and step % 50 == 0:
            drawn = sess.run(fake, {noise: rng.uniform(-1, 1, (500, 1))})
            means.append(drawn.mean())
    print("mean", np.mean(means), "deviation", drawn.std())
print("RESULT distance %.4f <= 1.0" % abs(np.mean(means) - MEAN))
