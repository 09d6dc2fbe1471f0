"""Softmax regression on MNIST: the first program of TensorFlow 1, one matrix and one vector to learn.

hornbeam run examples/mnist_softmax.py
"""

import argparse

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser(description="Softmax regression on MNIST.")
parser.add_argument("--data_dir", default="MNIST_data/", help="folder with MNIST's four files")
parser.add_argument("--steps", type=int, default=1000, help="training steps, of 100 images each")
parser.add_argument("--seed", type=int, default=None, help="makes the run repeatable")
options = parser.parse_args()

if options.seed is not None:
    tf.set_random_seed(options.seed)
mnist = input_data.read_data_sets(options.data_dir, one_hot=True)

# The model: the class scores are a linear function of the pixels, softmax makes probabilities of them.
x = tf.placeholder(tf.float32, [None, 784])
W = tf.Variable(tf.zeros([784, 10]))
b = tf.Variable(tf.zeros([10]))
y = tf.nn.softmax(tf.matmul(x, W) + b)

# The loss: how surprised the model is by the true class.
y_ = tf.placeholder(tf.float32, [None, 10])
cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), reduction_indices=[1]))
train_step = tf.train.GradientDescentOptimizer(0.5).minimize(cross_entropy)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(options.steps):
        batch_xs, batch_ys = mnist.train.next_batch(100)
        sess.run(train_step, feed_dict={x: batch_xs, y_: batch_ys})

    correct_prediction = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))
    result = sess.run(accuracy, feed_dict={x: mnist.test.images, y_: mnist.test.labels})
    print(f"test accuracy {result:.4f}")
