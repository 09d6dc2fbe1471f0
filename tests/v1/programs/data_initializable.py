"""An initializable iterator over placeholders: one pipeline, started on the training data, then on the test data."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
centers = rng.randn(3, 5) * 3


def sample(count):
    labels = rng.randint(3, size=count)
    return (centers[labels] + rng.randn(count, 5)).astype(np.float32), labels.astype(np.int32)


train, test = sample(900), sample(300)
x_data = tf.placeholder(tf.float32, [None, 5])
y_data = tf.placeholder(tf.int32, [None])
batch_size = tf.placeholder(tf.int64, [])

dataset = tf.data.Dataset.from_tensor_slices((x_data, y_data)).shuffle(1000, seed=1).batch(batch_size)
iterator = dataset.make_initializable_iterator()
x, y = iterator.get_next()

w = tf.Variable(tf.zeros([5, 3]))
b = tf.Variable(tf.zeros([3]))
logits = tf.matmul(x, w) + b
loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
train_op = tf.train.AdamOptimizer(0.05).minimize(loss)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1, output_type=tf.int32), y), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    try:
        sess.run(x)
        raise AssertionError("the iterator was not started")
    except tf.errors.FailedPreconditionError as error:
        assert "has not been initialized" in str(error)
    for epoch in range(5):
        sess.run(iterator.initializer, {x_data: train[0], y_data: train[1], batch_size: 30})
        while True:
            try:
                sess.run(train_op)
            except tf.errors.OutOfRangeError:
                break
    sess.run(iterator.initializer, {x_data: test[0], y_data: test[1], batch_size: 300})
    figure = sess.run(accuracy)
print("RESULT accuracy %.4f >= 0.93" % figure)
