"""A conditional GAN: the class goes into both networks, which are made by tf.make_template and AUTO_REUSE."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(5)
tf.set_random_seed(5)
CENTERS = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.5]], np.float32)


def sample(n):
    classes = rng.randint(3, size=n)
    return CENTERS[classes] + 0.2 * rng.randn(n, 2), np.eye(3)[classes]


def generator_net(z, condition):
    net = tf.concat([z, condition], axis=1)
    net = tf.layers.dense(net, 32, activation=tf.nn.relu)
    net = tf.layers.dense(net, 32, activation=tf.nn.relu)
    return tf.layers.dense(net, 2)


generator = tf.make_template("generator", generator_net)


def discriminator(x, condition):
    with tf.variable_scope("discriminator", reuse=tf.AUTO_REUSE):
        net = tf.layers.dense(tf.concat([x, condition], 1), 64, activation=tf.nn.leaky_relu, name="d1")
        net = tf.layers.dense(net, 64, activation=tf.nn.leaky_relu, name="d2")
        return tf.layers.dense(net, 1, name="d3")


real, condition = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.float32, [None, 3])
z = tf.random_normal([tf.shape(condition)[0], 4])
fake = generator(z, condition)
d_real, d_fake = discriminator(real, condition), discriminator(fake, condition)
entropy = tf.losses.sigmoid_cross_entropy
d_loss = entropy(tf.ones_like(d_real), d_real, label_smoothing=0.2) + entropy(tf.zeros_like(d_fake), d_fake)
g_loss = entropy(tf.ones_like(d_fake), d_fake)
variables = tf.trainable_variables()
d_train = tf.train.AdamOptimizer(2e-3, 0.5).minimize(d_loss, var_list=[v for v in variables if "discr" in v.name])
g_train = tf.train.AdamOptimizer(2e-3, 0.5).minimize(g_loss, var_list=[v for v in variables if "gener" in v.name])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(1500):
        points, labels = sample(128)
        sess.run(d_train, {real: points, condition: labels})
        sess.run(g_train, {condition: labels})
    drawn = [sess.run(fake, {condition: np.tile(np.eye(3)[k], (300, 1))}) for k in range(3)]
distances = [np.linalg.norm(points.mean(0) - CENTERS[k]) for k, points in enumerate(drawn)]
print(distances)
print("RESULT distance %.4f <= 1.0" % max(distances))
