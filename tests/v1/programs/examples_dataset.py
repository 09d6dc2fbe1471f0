"""Examples with features of several kinds: parsed in a dataset's map, and a batch at a time."""

import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(5)
path = os.path.join(tempfile.mkdtemp(), "words.tfrecord")
vocabulary = [b"good", b"great", b"fine", b"bad", b"awful", b"poor"]
with tf.python_io.TFRecordWriter(path, options=tf.python_io.TFRecordOptions(
        tf.python_io.TFRecordCompressionType.GZIP)) as writer:
    for _ in range(400):
        label = rng.randint(2)
        ids = rng.randint(3, size=rng.randint(1, 5)) + (0 if label else 3)
        example = tf.train.Example()
        example.features.feature["words"].bytes_list.value.extend([vocabulary[i] for i in ids])
        example.features.feature["ids"].int64_list.value.extend(ids)
        example.features.feature["label"].int64_list.value.append(label)
        if rng.rand() < 0.5:
            example.features.feature["weight"].float_list.value.append(2.0)
        writer.write(example.SerializeToString())

spec = {
    "ids": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
    "words": tf.VarLenFeature(tf.string),
    "label": tf.FixedLenFeature([], tf.int64),
    "weight": tf.FixedLenFeature([], tf.float32, default_value=1.0),
}


def parse(serialized):
    parsed = tf.parse_single_example(serialized, spec)
    return parsed["ids"], tf.size(parsed["words"].values), tf.cast(parsed["label"], tf.float32), parsed["weight"]


dataset = tf.data.TFRecordDataset(path, compression_type="GZIP").map(parse)
dataset = dataset.shuffle(200, seed=1).repeat(8).padded_batch(40, ([None], [], [], []), (np.int64(-1), 0, 0.0, 0.0))
ids, counts, labels, weights = dataset.make_one_shot_iterator().get_next()
mask = tf.sequence_mask(counts, dtype=tf.float32)
table = tf.get_variable("embedding", [6, 2], initializer=tf.random_normal_initializer(stddev=0.1, seed=1))
vectors = tf.nn.embedding_lookup(table, tf.maximum(ids, 0)) * tf.expand_dims(mask, 2)
logits = tf.reduce_sum(vectors, axis=[1, 2])
loss = tf.losses.sigmoid_cross_entropy(labels, logits, weights)
train = tf.train.AdamOptimizer(0.1).minimize(loss)
accuracy = tf.reduce_mean(tf.to_float(tf.equal(logits > 0, labels > 0.5)))
scores = []
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    while True:
        try:
            scores.append(sess.run([train, accuracy])[1])
        except tf.errors.OutOfRangeError:
            break
    records = list(tf.python_io.tf_record_iterator(path, tf.python_io.TFRecordOptions(
        tf.python_io.TFRecordCompressionType.GZIP)))
    whole = sess.run(tf.parse_example(records, spec))
assert len(scores) == 80 and len(records) == 400
assert whole["words"].dense_shape[0] == 400 and set(whole["weight"]) == {1.0, 2.0}
assert whole["ids"].shape[1] == 4
print("RESULT accuracy %.3f >= 0.97" % np.mean(scores[-10:]))
