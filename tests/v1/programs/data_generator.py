"""A generator of sequences of any length, padded in batches, summed by a small network of counts."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(4)
LENGTHS = (3, 9)


def sequences():
    rng = np.random.RandomState(0)
    for _ in range(2000):
        length = rng.randint(*LENGTHS)
        tokens = rng.randint(1, 5, size=length)
        yield tokens, float((tokens == 3).sum())


dataset = tf.data.Dataset.from_generator(sequences, (tf.int64, tf.float32), (tf.TensorShape([None]), tf.TensorShape([])))
dataset = dataset.padded_batch(25, padded_shapes=([None], [])).prefetch(1)
tokens, target = dataset.repeat(3).make_one_shot_iterator().get_next()

weights = tf.get_variable("weights", [5], initializer=tf.zeros_initializer())
mask = tf.cast(tf.not_equal(tokens, 0), tf.float32)
prediction = tf.reduce_sum(tf.nn.embedding_lookup(weights, tokens) * mask, axis=1)
loss = tf.reduce_mean(tf.square(prediction - target))
train_op = tf.train.AdamOptimizer(0.05).minimize(loss)

shape_of_tokens = tf.shape(tokens)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    while True:
        try:
            value, shape, _ = sess.run([loss, shape_of_tokens, train_op])
            assert shape[0] == 25 and shape[1] < LENGTHS[1]
        except tf.errors.OutOfRangeError:
            break
    learned = sess.run(weights)
print("RESULT error %.5f <= 0.05" % abs(learned[3] - 1.0))
