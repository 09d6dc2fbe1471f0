"""TFRecords: examples written, read back in parallel, parsed in batches, and classified."""

import os
import tempfile

import numpy as np
import tensorflow as tf

tf.set_random_seed(6)
rng = np.random.RandomState(0)
folder = tempfile.mkdtemp()
centers = rng.uniform(0, 255, (4, 16))
paths = []
for part in range(2):
    paths.append(os.path.join(folder, "part-%d.tfrecord" % part))
    with tf.python_io.TFRecordWriter(paths[-1]) as writer:
        for _ in range(200):
            label = rng.randint(4)
            image = np.clip(centers[label] + rng.randn(16) * 20, 0, 255).astype(np.uint8)
            writer.write(tf.train.Example(features=tf.train.Features(feature={
                "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image.tobytes()])),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
            })).SerializeToString())


def parse(record):
    found = tf.parse_single_example(record, {
        "image": tf.FixedLenFeature([], tf.string), "label": tf.FixedLenFeature([], tf.int64)})
    image = tf.reshape(tf.decode_raw(found["image"], tf.uint8), [16])
    return tf.cast(image, tf.float32) / 255.0 - 0.5, found["label"]


dataset = tf.data.TFRecordDataset(paths).map(parse, num_parallel_calls=2).shuffle(400).repeat()
dataset = dataset.apply(tf.contrib.data.batch_and_drop_remainder(40))
x, y = dataset.make_one_shot_iterator().get_next()
assert x.shape.as_list() == [40, 16]

logits = tf.layers.dense(x, 4)
loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
train_op = tf.train.AdamOptimizer(0.05).minimize(loss)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), y), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(100):
        sess.run(train_op)
    figure = np.mean([sess.run(accuracy) for _ in range(10)])
print("RESULT accuracy %.4f >= 0.98" % figure)
