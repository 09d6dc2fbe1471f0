"""TensorBoard on mnist: scalars, histograms, images and the graph in event files, and what is read back from them."""

import glob
import os
import tempfile

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

mnist = input_data.read_data_sets(os.path.join(os.environ.get("HORNBEAM_DATA", "."), "mnist"), one_hot=True)
log_dir = tempfile.mkdtemp()
tf.set_random_seed(1)


def variable_summaries(var):
    with tf.name_scope("summaries"):
        mean = tf.reduce_mean(var)
        tf.summary.scalar("mean", mean)
        with tf.name_scope("stddev"):
            stddev = tf.sqrt(tf.reduce_mean(tf.square(var - mean)))
        tf.summary.scalar("stddev", stddev)
        tf.summary.scalar("max", tf.reduce_max(var))
        tf.summary.histogram("histogram", var)


def nn_layer(tensor, in_dim, out_dim, layer_name, act=tf.nn.relu):
    with tf.name_scope(layer_name):
        with tf.name_scope("weights"):
            weights = tf.Variable(tf.truncated_normal([in_dim, out_dim], stddev=0.1))
            variable_summaries(weights)
        with tf.name_scope("biases"):
            biases = tf.Variable(tf.constant(0.1, shape=[out_dim]))
            variable_summaries(biases)
        with tf.name_scope("Wx_plus_b"):
            preactivate = tf.matmul(tensor, weights) + biases
            tf.summary.histogram("pre_activations", preactivate)
        activations = act(preactivate, name="activation")
        tf.summary.histogram("activations", activations)
        return activations


with tf.name_scope("input"):
    x = tf.placeholder(tf.float32, [None, 784], name="x-input")
    y_ = tf.placeholder(tf.float32, [None, 10], name="y-input")
with tf.name_scope("input_reshape"):
    tf.summary.image("input", tf.reshape(x, [-1, 28, 28, 1]), 3)
hidden1 = nn_layer(x, 784, 50, "layer1")
y = nn_layer(hidden1, 50, 10, "layer2", act=tf.identity)
with tf.name_scope("cross_entropy"):
    cross_entropy = tf.losses.softmax_cross_entropy(y_, y)
tf.summary.scalar("cross_entropy", cross_entropy)
train_step = tf.train.AdamOptimizer(0.003).minimize(cross_entropy)
with tf.name_scope("accuracy"):
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1)), tf.float32))
tf.summary.scalar("accuracy", accuracy)

merged = tf.summary.merge_all()
with tf.Session() as sess:
    train_writer = tf.summary.FileWriter(log_dir + "/train", sess.graph)
    test_writer = tf.summary.FileWriter(log_dir + "/test")
    sess.run(tf.global_variables_initializer())
    for i in range(301):
        if i % 50 == 0:
            feed = {x: mnist.test.images[:1000], y_: mnist.test.labels[:1000]}
            summary, acc = sess.run([merged, accuracy], feed_dict=feed)
            test_writer.add_summary(summary, i)
        xs, ys = mnist.train.next_batch(100)
        if i % 100 == 99:
            run_metadata = tf.RunMetadata()
            summary, _ = sess.run([merged, train_step], feed_dict={x: xs, y_: ys},
                                  options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE),
                                  run_metadata=run_metadata)
            train_writer.add_run_metadata(run_metadata, "step%03d" % i)
            train_writer.add_summary(summary, i)
        else:
            sess.run(train_step, feed_dict={x: xs, y_: ys})
    train_writer.close()
    test_writer.close()

curve, tags, graphs = {}, set(), 0
for path in glob.glob(log_dir + "/*/events.out.tfevents.*"):
    for event in tf.train.summary_iterator(path):
        graphs += event.HasField("graph_def")
        for value in event.summary.value:
            tags.add(value.tag)
            if value.tag == "accuracy_1" and os.sep + "test" in path:
                curve[event.step] = value.simple_value
assert graphs == 1
assert {"layer1/weights/summaries/histogram", "input_reshape/input/image/2", "layer2/activations"} <= tags
assert sorted(curve) == list(range(0, 301, 50))
assert abs(curve[300] - acc) < 1e-6
print("RESULT accuracy %.4f >= 0.88" % curve[300])
