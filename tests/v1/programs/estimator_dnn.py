"""A DNNClassifier on three clouds of points, its input from NumPy arrays."""

import tempfile

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
rng = np.random.RandomState(1)
centres = np.array([[0, 0, 0, 0], [2, 1, 0, 1], [0, 2, 2, -1]], np.float32)


def clouds(count):
    labels = rng.randint(0, 3, count)
    return centres[labels] + rng.normal(0, 0.5, (count, 4)).astype(np.float32), labels


train_x, train_y = clouds(900)
test_x, test_y = clouds(300)
columns = [tf.feature_column.numeric_column("x", shape=[4])]
classifier = tf.estimator.DNNClassifier(
    feature_columns=columns, hidden_units=[16, 8], n_classes=3, model_dir=tempfile.mkdtemp(),
    config=tf.estimator.RunConfig(tf_random_seed=2))
classifier.train(tf.estimator.inputs.numpy_input_fn({"x": train_x}, train_y, num_epochs=None, shuffle=True), steps=300)

result = classifier.evaluate(tf.estimator.inputs.numpy_input_fn({"x": test_x}, test_y, num_epochs=1, shuffle=False))
print("accuracy {accuracy:.3f} after {global_step} steps".format(**result))
assert "dnn/hiddenlayer_0/kernel" in classifier.get_variable_names()

new = np.array([[0.1, 0, 0, 0.2], [2.1, 1, 0.1, 1], [0, 2.2, 1.9, -1]], np.float32)
found = list(classifier.predict(tf.estimator.inputs.numpy_input_fn({"x": new}, shuffle=False)))
print([(p["classes"][0], round(float(p["probabilities"].max()), 2)) for p in found])
assert [int(p["class_ids"][0]) for p in found] == [0, 1, 2]
print("RESULT accuracy %.3f >= 0.93" % result["accuracy"])
