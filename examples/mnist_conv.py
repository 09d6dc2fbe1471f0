"""Two convolution layers on MNIST, in TensorFlow 1's style, with dropout, trained with Adam.

hornbeam run examples/mnist_conv.py
"""

import argparse

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser(description="Two convolution layers on MNIST.")
parser.add_argument("--data_dir", default="MNIST_data/", help="folder with MNIST's four files")
parser.add_argument("--epochs", type=int, default=2, help="passes over the training images")
parser.add_argument("--seed", type=int, default=None, help="makes the run repeatable")
options = parser.parse_args()

BATCH = 100

if options.seed is not None:
    tf.set_random_seed(options.seed)
mnist = input_data.read_data_sets(options.data_dir, one_hot=True)


def weight_variable(shape):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1))


def bias_variable(shape):
    return tf.Variable(tf.constant(0.1, shape=shape))


def conv_and_pool(images, weights, biases):
    """A 5×5 convolution that keeps the size, then the maximum of each 2×2 square."""
    features = tf.nn.relu(tf.nn.conv2d(images, weights, strides=[1, 1, 1, 1], padding="SAME") + biases)
    return tf.nn.max_pool(features, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")


x = tf.placeholder(tf.float32, [None, 784])
y_ = tf.placeholder(tf.float32, [None, 10])
keep_prob = tf.placeholder(tf.float32)

pool1 = conv_and_pool(tf.reshape(x, [-1, 28, 28, 1]), weight_variable([5, 5, 1, 32]), bias_variable([32]))
pool2 = conv_and_pool(pool1, weight_variable([5, 5, 32, 64]), bias_variable([64]))

flat = tf.reshape(pool2, [-1, 7 * 7 * 64])
hidden = tf.nn.relu(tf.matmul(flat, weight_variable([7 * 7 * 64, 512])) + bias_variable([512]))
dropped = tf.nn.dropout(hidden, keep_prob)
logits = tf.matmul(dropped, weight_variable([512, 10])) + bias_variable([10])

cross_entropy = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=logits))
train_step = tf.train.AdamOptimizer(1e-3).minimize(cross_entropy)
correct_prediction = tf.equal(tf.argmax(logits, 1), tf.argmax(y_, 1))
accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))


def accuracy_on(data, size=1000):
    """The mean over batches: all test images at once would need a gigabyte."""
    parts = []
    for _ in range(data.num_examples // size):
        images, labels = data.next_batch(size, shuffle=False)
        parts.append(sess.run(accuracy, feed_dict={x: images, y_: labels, keep_prob: 1.0}))
    return sum(parts) / len(parts)


with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(options.epochs):
        for step in range(mnist.train.num_examples // BATCH):
            images, labels = mnist.train.next_batch(BATCH)
            feed = {x: images, y_: labels, keep_prob: 0.5}
            if step % 100 == 0:
                loss = sess.run(cross_entropy, feed_dict={x: images, y_: labels, keep_prob: 1.0})
                print(f"epoch {epoch + 1}, step {step}: loss {loss:.4f}")
            sess.run(train_step, feed_dict=feed)
        print(f"epoch {epoch + 1}: validation accuracy {accuracy_on(mnist.validation):.4f}")
    print(f"test accuracy {accuracy_on(mnist.test):.4f}")
