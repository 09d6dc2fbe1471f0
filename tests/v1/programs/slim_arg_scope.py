"""A small VGG by slim: arg_scope, repeat, stack, end points, slim's training operation."""

import numpy as np
import tensorflow as tf
import tensorflow.contrib.slim as slim
from tensorflow.examples.tutorials.mnist import input_data

mnist = input_data.read_data_sets("MNIST_data")
np.random.seed(2)
tf.set_random_seed(2)


def arg_scope(weight_decay=1e-4):
    with slim.arg_scope([slim.conv2d, slim.fully_connected], activation_fn=tf.nn.relu,
                        weights_regularizer=slim.l2_regularizer(weight_decay),
                        biases_initializer=tf.zeros_initializer()):
        with slim.arg_scope([slim.conv2d], padding="SAME", normalizer_fn=slim.batch_norm,
                            normalizer_params={"decay": 0.9}) as scope:
            return scope


def small_vgg(inputs, is_training):
    with tf.variable_scope("vgg", "vgg", [inputs]) as sc:
        points = sc.original_name_scope + "_end_points"
        with slim.arg_scope([slim.conv2d, slim.fully_connected, slim.max_pool2d], outputs_collections=points):
            with slim.arg_scope([slim.batch_norm, slim.dropout], is_training=is_training):
                net = slim.repeat(inputs, 2, slim.conv2d, 8, [3, 3], scope="conv1")
                net = slim.max_pool2d(net, [2, 2], scope="pool1")
                net = slim.conv2d(net, 16, [3, 3], scope="conv2")
                net = slim.max_pool2d(net, [2, 2], scope="pool2")
                net = slim.flatten(net)
                net = slim.stack(net, slim.fully_connected, [64, 32], scope="fc")
                net = slim.dropout(net, 0.7, scope="dropout")
                net = slim.fully_connected(net, 10, activation_fn=None, scope="logits")
        return net, slim.utils.convert_collection_to_dict(points)


images = tf.placeholder(tf.float32, [None, 784])
labels = tf.placeholder(tf.int64, [None])
is_training = tf.placeholder(tf.bool)
with slim.arg_scope(arg_scope()):
    logits, end_points = small_vgg(tf.reshape(images, [-1, 28, 28, 1]), is_training)
print(list(end_points))
assert "vgg/conv1/conv1_1" in end_points and "vgg/logits" in end_points

tf.losses.sparse_softmax_cross_entropy(labels, logits)
total_loss = tf.losses.get_total_loss()
train_op = slim.learning.create_train_op(total_loss, tf.train.AdamOptimizer(2e-3), clip_gradient_norm=5.0)
accuracy = tf.reduce_mean(tf.to_float(tf.equal(tf.argmax(logits, 1), labels)))
slim.model_analyzer.analyze_vars(slim.get_model_variables(), print_info=True)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(120):
        batch, target = mnist.train.next_batch(50)
        sess.run(train_op, {images: batch, labels: target, is_training: True})
    assert sess.run(tf.train.get_global_step()) == 120
    figure = sess.run(accuracy, {images: mnist.test.images[:1000], labels: mnist.test.labels[:1000],
                                 is_training: False})
print("RESULT accuracy %.4f >= 0.85" % figure)
