"""A network with two hidden layers on MNIST, in TensorFlow 1's style, trained with Adam.

hornbeam run examples/mnist_mlp.py
"""

import argparse

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser(description="Two hidden layers on MNIST.")
parser.add_argument("--data_dir", default="MNIST_data/", help="folder with MNIST's four files")
parser.add_argument("--epochs", type=int, default=2, help="passes over the training images")
parser.add_argument("--seed", type=int, default=None, help="makes the run repeatable")
options = parser.parse_args()

BATCH = 100

if options.seed is not None:
    tf.set_random_seed(options.seed)
mnist = input_data.read_data_sets(options.data_dir, one_hot=True)


def layer(inputs, size_in, size_out, name):
    """inputs · weights + biases; the weights start small enough to keep the scale of the inputs."""
    with tf.name_scope(name):
        start = tf.truncated_normal([size_in, size_out], stddev=(2.0 / size_in) ** 0.5)
        weights = tf.Variable(start, name="weights")
        biases = tf.Variable(tf.zeros([size_out]), name="biases")
        return tf.matmul(inputs, weights) + biases


x = tf.placeholder(tf.float32, [None, 784], name="images")
y = tf.placeholder(tf.float32, [None, 10], name="labels")
hidden1 = tf.nn.relu(layer(x, 784, 512, "hidden1"))
hidden2 = tf.nn.relu(layer(hidden1, 512, 256, "hidden2"))
logits = layer(hidden2, 256, 10, "output")

loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=logits))
train_step = tf.train.AdamOptimizer(0.001).minimize(loss)
correct = tf.equal(tf.argmax(logits, 1), tf.argmax(y, 1))
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    steps = mnist.train.num_examples // BATCH
    for epoch in range(options.epochs):
        total = 0.0
        for _ in range(steps):
            images, labels = mnist.train.next_batch(BATCH)
            _, batch_loss = sess.run([train_step, loss], feed_dict={x: images, y: labels})
            total += batch_loss
        valid = sess.run(accuracy, feed_dict={x: mnist.validation.images, y: mnist.validation.labels})
        print(f"epoch {epoch + 1}: loss {total / steps:.4f}, validation accuracy {valid:.4f}")
    result = sess.run(accuracy, feed_dict={x: mnist.test.images, y: mnist.test.labels})
    print(f"test accuracy {result:.4f}")
