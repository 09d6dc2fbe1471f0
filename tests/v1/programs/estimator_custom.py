"""A model function with an EstimatorSpec in each mode: trained, evaluated, trained on, and used for prediction."""

import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)


def moons(count):
    labels = rng.randint(0, 2, count)
    angle = rng.uniform(0, np.pi, count)
    x = np.where(labels == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(labels == 0, np.sin(angle), 0.5 - np.sin(angle))
    return np.stack([x, y], 1).astype(np.float32) + rng.normal(0, 0.08, (count, 2)).astype(np.float32), labels


def model_fn(features, labels, mode, params):
    net = features["point"]
    for units in params["hidden"]:
        net = tf.layers.dense(net, units, activation=tf.nn.relu)
    logits = tf.layers.dense(net, 2)
    classes = tf.argmax(logits, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"class": classes, "scores": tf.nn.softmax(logits)})
    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        metrics = {"accuracy": tf.metrics.accuracy(labels=labels, predictions=classes)}
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops=metrics)
    optimizer = tf.train.AdamOptimizer(params["rate"])
    train_op = optimizer.minimize(loss, global_step=tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


x, y = moons(600)
test_x, test_y = moons(200)
train_input = tf.estimator.inputs.numpy_input_fn({"point": x}, y, batch_size=50, num_epochs=None, shuffle=True)
test_input = tf.estimator.inputs.numpy_input_fn({"point": test_x}, test_y, num_epochs=1, shuffle=False)

folder = tempfile.mkdtemp()
config = tf.estimator.RunConfig(tf_random_seed=1, save_checkpoints_steps=100)
model = tf.estimator.Estimator(model_fn, folder, config, params={"hidden": [16, 16], "rate": 0.01})
model.train(train_input, steps=100)
first = model.evaluate(test_input)
model.train(train_input, steps=200)
second = model.evaluate(test_input)
print(first, second)
assert first["global_step"] == 100 and second["global_step"] == 300
assert second["loss"] < first["loss"]
print(model.get_variable_names()[:4])
assert model.get_variable_value("dense/kernel").shape == (2, 16)

predictions = list(model.predict(tf.estimator.inputs.numpy_input_fn({"point": test_x}, shuffle=False)))
assert len(predictions) == 200 and abs(predictions[0]["scores"].sum() - 1) < 1e-5
agreed = np.mean([p["class"] == label for p, label in zip(predictions, test_y)])
assert abs(agreed - second["accuracy"]) < 1e-6
print("RESULT accuracy %.3f >= 0.95" % agreed)
