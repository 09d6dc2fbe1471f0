"""Threads of the program's own feed a queue by placeholders; a coordinator stops them."""

import threading
import time

import numpy as np
import tensorflow as tf

N_SAMPLES, DIM, CLASSES = 1000, 4, 10

rng = np.random.RandomState(0)
data = 10 * rng.randn(N_SAMPLES, DIM).astype(np.float32) + 1
target = rng.randint(0, CLASSES, size=N_SAMPLES)
centres = 30 * rng.randn(CLASSES, DIM).astype(np.float32)
data += centres[target]

queue = tf.FIFOQueue(capacity=50, dtypes=[tf.float32, tf.int32], shapes=[[DIM], []])
x_in = tf.placeholder(tf.float32, [None, DIM])
y_in = tf.placeholder(tf.int32, [None])
enqueue_op = queue.enqueue_many([x_in, y_in])
x, y = queue.dequeue_many(40)
size = queue.size()

w = tf.Variable(tf.zeros([DIM, CLASSES]))
b = tf.Variable(tf.zeros([CLASSES]))
logits = tf.matmul(x / 30.0, w) + b
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
train = tf.train.AdamOptimizer(0.1).minimize(loss)
accuracy = tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, y, 1), tf.float32))


def enqueue(sess, coord, seed):
    own = np.random.RandomState(seed)
    with coord.stop_on_exception():
        while not coord.should_stop():
            rows = own.randint(0, N_SAMPLES, 20)
            sess.run(enqueue_op, feed_dict={x_in: data[rows], y_in: target[rows]})


with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    coord = tf.train.Coordinator(clean_stop_exception_types=(tf.errors.CancelledError,))
    threads = [threading.Thread(target=enqueue, args=(sess, coord, i)) for i in range(3)]
    for t in threads:
        coord.register_thread(t)
        t.start()
    scores = []
    for step in range(300):
        _, value = sess.run([train, accuracy])
        scores.append(value)
    while sess.run(size) < 50:  # the producers fill the queue up and wait
        time.sleep(0.01)
    coord.request_stop()
    sess.run(queue.close(cancel_pending_enqueues=True))
    coord.join(threads)
assert not any(t.is_alive() for t in threads)
print("RESULT accuracy %.3f >= 0.85" % np.mean(scores[-50:]))
