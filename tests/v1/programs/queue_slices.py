"""A small network fed by `slice_input_producer` and `shuffle_batch`, with the last, smaller batch."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(7)
points = rng.uniform(-1, 1, (450, 2)).astype(np.float32)
targets = (np.sum(points ** 2, axis=1) < 0.5).astype(np.int32)

with tf.Graph().as_default():
    tf.set_random_seed(7)
    images = tf.convert_to_tensor(points)
    labels = tf.convert_to_tensor(targets)
    point, label = tf.train.slice_input_producer([images, labels], num_epochs=40, shuffle=True, seed=2)
    xs, ys = tf.train.shuffle_batch([point, label], batch_size=64, capacity=300, min_after_dequeue=100,
                                    allow_smaller_final_batch=True)
    hidden = tf.layers.dense(xs, 16, activation=tf.nn.tanh)
    logits = tf.layers.dense(hidden, 2)
    loss = tf.losses.sparse_softmax_cross_entropy(labels=ys, logits=logits)
    train = tf.train.AdamOptimizer(0.02).minimize(loss)
    correct = tf.reduce_mean(tf.to_float(tf.nn.in_top_k(logits, ys, 1)))
    total, sizes, history = 0, [], []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(tf.local_variables_initializer())
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(coord=coord)
        try:
            while True:
                _, value, rows = sess.run([train, correct, xs])
                sizes.append(len(rows))
                history.append(value)
        except tf.errors.OutOfRangeError:
            pass
        coord.request_stop()
        coord.join(threads)
assert sum(sizes) == 450 * 40 and sizes[-1] == 450 * 40 % 64, (sum(sizes), sizes[-1])
print("RESULT accuracy %.3f >= 0.93" % np.mean(history[-10:]))
