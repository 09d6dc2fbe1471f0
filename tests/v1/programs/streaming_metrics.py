"""Metrics over batches: tf.metrics in a validation loop, reset between epochs, and their summaries."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(1)
weights = rng.randn(10)
features = rng.randn(4000, 10).astype(np.float32)
labels = (features.dot(weights) + rng.randn(4000) > 0).astype(np.int64)

tf.set_random_seed(2)
x = tf.placeholder(tf.float32, [None, 10])
y = tf.placeholder(tf.int64, [None])
logits = tf.layers.dense(x, 2)
loss = tf.losses.sparse_softmax_cross_entropy(labels=y, logits=logits)
train_op = tf.train.AdamOptimizer(0.02).minimize(loss)
predictions, chances = tf.argmax(logits, 1), tf.nn.softmax(logits)[:, 1]

with tf.name_scope("metrics"):
    metrics = {
        "accuracy": tf.metrics.accuracy(y, predictions), "auc": tf.metrics.auc(y, chances),
        "pr_auc": tf.metrics.auc(y, chances, curve="PR", summation_method="careful_interpolation"),
        "precision": tf.metrics.precision(y, predictions), "recall": tf.metrics.recall(y, predictions),
        "loss": tf.metrics.mean(loss), "f1": tf.contrib.metrics.f1_score(y, chances),
        "top": tf.metrics.recall_at_k(y, logits, 1), "iou": tf.metrics.mean_iou(y, predictions, 2)}
values = {k: v[0] for k, v in metrics.items()}
updates = tf.group(*[v[1] for v in metrics.values()])
reset = tf.variables_initializer(tf.get_collection(tf.GraphKeys.METRIC_VARIABLES))
for name, value in sorted(values.items()):
    if name != "top":
        tf.summary.scalar(name, value, collections=["validation"])
summary = tf.summary.merge_all("validation")

with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    for epoch in range(4):
        order = rng.permutation(3000)
        for start in range(0, 3000, 100):
            rows = order[start:start + 100]
            sess.run(train_op, {x: features[rows], y: labels[rows]})
        sess.run(reset)
        for start in range(3000, 4000, 64):
            sess.run(updates, {x: features[start:start + 64], y: labels[start:start + 64]})
        found = sess.run(values)
        print(epoch, {k: round(float(v), 4) for k, v in sorted(found.items())})
    written = tf.Summary.FromString(sess.run(summary))
    whole = sess.run(predictions, {x: features[3000:]})

assert abs(found["accuracy"] - np.mean(whole == labels[3000:])) < 1e-6
assert abs(found["top"] - found["accuracy"]) < 1e-6
assert len(written.value) == 8
assert {v.tag for v in written.value} >= {"accuracy", "auc"}
assert min(found[k] for k in ("accuracy", "precision", "recall", "f1", "pr_auc")) > 0.8
print("RESULT auc %.4f >= 0.93" % found["auc"])
