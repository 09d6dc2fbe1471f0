"""Logistic regression by L-BFGS: contrib.opt's interface to SciPy drives the session."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(9)
features = rng.randn(500, 6).astype(np.float32)
labels = (features.dot(rng.randn(6)) + 0.3 * rng.randn(500) > 0).astype(np.float32)

x, y = tf.placeholder(tf.float32, [None, 6]), tf.placeholder(tf.float32, [None])
logits = tf.squeeze(tf.layers.dense(x, 1, kernel_initializer=tf.zeros_initializer()), 1)
loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits))
loss += 1e-3 * tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables()])
gradient_norm = tf.global_norm(tf.gradients(loss, tf.trainable_variables()))
optimizer = tf.contrib.opt.ScipyOptimizerInterface(loss, method="L-BFGS-B", options={"maxiter": 100})
seen = []

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    feed = {x: features, y: labels}
    optimizer.minimize(sess, feed_dict=feed, fetches=[loss], loss_callback=seen.append)
    print("evaluations", len(seen), "loss", sess.run(loss, feed))
    figure = sess.run(gradient_norm, feed)
print("RESULT gradient %.6f <= 0.001" % figure)
