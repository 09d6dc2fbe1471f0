"""Lines of text: two files interleaved, a header skipped, comments filtered out, numbers split and parsed."""

import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
folder = tempfile.mkdtemp()
for name in ("a.txt", "b.txt"):
    with open(os.path.join(folder, name), "w") as file:
        file.write("x1 x2 y\n")
        for i in range(150):
            x1, x2 = rng.uniform(-1, 1, 2)
            file.write("# a comment\n" if i % 10 == 0 else "%f %f %f\n" % (x1, x2, 2 * x1 - 3 * x2 + 1))


def parse(line):
    numbers = tf.string_to_number(tf.string_split([line]).values)
    return numbers[:2], numbers[2:]


def clean(filename):
    lines = tf.data.TextLineDataset(filename).skip(1)
    return lines.filter(lambda line: tf.not_equal(tf.substr(line, 0, 1), "#"))


files = tf.data.Dataset.list_files(os.path.join(folder, "*.txt"), shuffle=False)
dataset = files.interleave(clean, cycle_length=2, block_length=4).map(parse)
dataset = dataset.cache().shuffle(300, seed=5).repeat(12).batch(27)
x, y = dataset.make_one_shot_iterator().get_next()
x.set_shape([None, 2])

w = tf.Variable(tf.zeros([2, 1]))
b = tf.Variable(tf.zeros([1]))
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y))
train_op = tf.train.GradientDescentOptimizer(0.3).minimize(loss)

count = 0
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    while True:
        try:
            _, rows = sess.run([train_op, tf.shape(x)[0]])
            count += rows
        except tf.errors.OutOfRangeError:
            break
    found = sess.run([w, b])
assert count == 270 * 12, count
print("RESULT error %.5f <= 0.01" % max(np.abs(found[0][:, 0] - [2, -3]).max(), abs(found[1][0] - 1)))
