"""Sequences in buckets of similar length, padded to the bucket's boundary, through an LSTM."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(7)
rng = np.random.RandomState(0)
lengths = rng.randint(2, 20, size=600)


def examples():
    order = np.random.RandomState(1)
    for length in lengths:
        values = order.randint(0, 2, size=length)
        yield values, np.int64(values[0])


dataset = tf.data.Dataset.from_generator(examples, (tf.int64, tf.int64), ([None], [])).repeat(6)
dataset = dataset.apply(tf.data.experimental.bucket_by_sequence_length(
    lambda values, label: tf.size(values), bucket_boundaries=[8, 14, 20], bucket_batch_sizes=[20, 20, 20, 20],
    padded_shapes=([None], []), padding_values=(np.int64(2), np.int64(0)), pad_to_bucket_boundary=True))
values, label = dataset.make_one_shot_iterator().get_next()
sizes = tf.reduce_sum(tf.cast(tf.not_equal(values, 2), tf.int32), axis=1)

cell = tf.nn.rnn_cell.BasicLSTMCell(16)
_, state = tf.nn.dynamic_rnn(cell, tf.one_hot(values, 2), sequence_length=sizes, dtype=tf.float32)
logits = tf.layers.dense(state.h, 2)
loss = tf.losses.sparse_softmax_cross_entropy(label, logits)
train_op = tf.train.AdamOptimizer(0.02).minimize(loss)
hit = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), label), tf.float32))

shape_of_values = tf.shape(values)
hits = []
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    while True:
        try:
            figure, _, shape = sess.run([hit, train_op, shape_of_values])
            assert shape[0] <= 20 and shape[1] in (7, 13, 19)
            hits.append(figure)
        except tf.errors.OutOfRangeError:
            break
print("RESULT accuracy %.4f >= 0.95" % np.mean(hits[-30:]))
