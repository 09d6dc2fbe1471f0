"""A linear model on batches of a one-shot iterator: shuffled, repeated, mapped in parallel."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
rng = np.random.RandomState(0)
features = rng.randn(1000, 8).astype(np.float32)
weights = rng.randn(8, 1).astype(np.float32)
labels = features.dot(weights) + 0.01 * rng.randn(1000, 1).astype(np.float32)

dataset = tf.data.Dataset.from_tensor_slices({"x": features, "y": labels})
dataset = dataset.map(lambda row: (row["x"] * 2.0, row["y"]), num_parallel_calls=4)
dataset = dataset.shuffle(buffer_size=200, seed=3).repeat(20).batch(50).prefetch(2)
x, y = dataset.make_one_shot_iterator().get_next()
assert x.shape.as_list() == [None, 8]

prediction = tf.matmul(x, tf.get_variable("w", [8, 1], initializer=tf.zeros_initializer()))
loss = tf.reduce_mean(tf.square(prediction - y))
train_op = tf.train.GradientDescentOptimizer(0.05).minimize(loss)

steps = 0
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    while True:
        try:
            _, value = sess.run([train_op, loss])
            steps += 1
        except tf.errors.OutOfRangeError:
            break
assert steps == 400, steps
print("RESULT loss %.6f <= 0.001" % value)
