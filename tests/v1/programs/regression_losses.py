"""Regression with outliers: tf.losses, their collection, weights and regularizers; Huber's loss stands them."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(3)
true_w = np.array([1.5, -2.0, 0.7], np.float32)
x_data = rng.randn(600, 3).astype(np.float32)
y_data = x_data.dot(true_w) + 0.5 + 0.05 * rng.randn(600).astype(np.float32)
y_data[rng.choice(600, 90, replace=False)] += 25.0
weights_data = (rng.uniform(size=600) < 0.9).astype(np.float32)


def fit(kind):
    graph = tf.Graph()
    with graph.as_default():
        tf.set_random_seed(4)
        x, y = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [None])
        w = tf.placeholder(tf.float32, [None])
        regularizer = tf.contrib.layers.l2_regularizer(1e-4)
        with tf.variable_scope("linear", regularizer=regularizer):
            kernel = tf.get_variable("kernel", [3, 1])
            bias = tf.get_variable("bias", [1], initializer=tf.zeros_initializer())
        predictions = tf.squeeze(tf.matmul(x, kernel) + bias, [1])
        if kind == "huber":
            tf.losses.huber_loss(y, predictions, weights=w, delta=0.5)
        elif kind == "absolute":
            tf.losses.absolute_difference(y, predictions, weights=w, reduction=tf.losses.Reduction.MEAN)
        else:
            tf.losses.mean_squared_error(y, predictions, weights=w)
        assert len(tf.losses.get_losses()) == 1
        assert len(tf.losses.get_regularization_losses()) == 2
        total = tf.losses.get_total_loss()
        step = tf.train.get_or_create_global_step()
        rate = tf.train.exponential_decay(0.1, step, 100, 0.8)
        train = tf.train.AdamOptimizer(rate).minimize(total, global_step=step)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(400):
                sess.run(train, {x: x_data, y: y_data, w: weights_data})
            return sess.run([kernel, bias, total], {x: x_data, y: y_data, w: weights_data})


errors = {}
for kind in ("squared", "absolute", "huber"):
    kernel, bias, total = fit(kind)
    errors[kind] = max(np.abs(kernel[:, 0] - true_w).max(), abs(bias[0] - 0.5))
    print(kind, kernel[:, 0], bias, total)
assert errors["squared"] > 1.0, "outliers draw the mean"
assert errors["absolute"] < 0.1
print("RESULT error %.4f <= 0.15" % errors["huber"])
