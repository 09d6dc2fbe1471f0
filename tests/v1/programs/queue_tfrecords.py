"""Examples written as TFRecords come back through a reader, parsed and shuffled by queue runners."""

import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
folder = tempfile.mkdtemp()
true_w = rng.randn(8).astype(np.float32)


def _bytes_feature(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _int64_feature(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


for part in range(2):
    writer = tf.python_io.TFRecordWriter(os.path.join(folder, "train-%d.tfrecords" % part))
    for _ in range(300):
        x = rng.randn(8).astype(np.float32)
        example = tf.train.Example(features=tf.train.Features(feature={
            "x_raw": _bytes_feature(x.tobytes()), "label": _int64_feature(int(x.dot(true_w) > 0))}))
        writer.write(example.SerializeToString())
    writer.close()


def read_and_decode(filename_queue):
    reader = tf.TFRecordReader()
    _, serialized_example = reader.read(filename_queue)
    features = tf.parse_single_example(serialized_example, features={
        "x_raw": tf.FixedLenFeature([], tf.string), "label": tf.FixedLenFeature([], tf.int64)})
    x = tf.decode_raw(features["x_raw"], tf.float32)
    x.set_shape([8])
    return x, tf.cast(features["label"], tf.int32)


tf.set_random_seed(1)
with tf.name_scope("input"):
    names = tf.train.match_filenames_once(os.path.join(folder, "*.tfrecords"))
    queue = tf.train.string_input_producer(names, num_epochs=12)
    x, label = read_and_decode(queue)
    xs, labels = tf.train.shuffle_batch([x, label], batch_size=50, num_threads=2, capacity=400, min_after_dequeue=150)

w = tf.Variable(tf.zeros([8, 2]))
logits = tf.matmul(xs, w)
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
train_op = tf.train.AdamOptimizer(0.05).minimize(loss)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.cast(tf.argmax(logits, 1), tf.int32), labels), tf.float32))

with tf.Session() as sess:
    sess.run(tf.group(tf.global_variables_initializer(), tf.local_variables_initializer()))
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess=sess, coord=coord)
    seen = []
    try:
        while not coord.should_stop():
            _, value = sess.run([train_op, accuracy])
            seen.append(value)
    except tf.errors.OutOfRangeError:
        print("Done training, %d steps." % len(seen))
    finally:
        coord.request_stop()
    coord.join(threads)
assert len(seen) == 144, len(seen)
print("RESULT accuracy %.3f >= 0.95" % np.mean(seen[-20:]))
