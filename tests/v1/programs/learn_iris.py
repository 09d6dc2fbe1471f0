"""Three kinds of flowers by a deep classifier of contrib.learn, in the manner of its first tutorial."""

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def flowers(count, seed):
    rng = np.random.RandomState(seed)
    kinds = rng.randint(0, 3, count)
    centers = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.5, 2.0]])
    return (centers[kinds] + 0.3 * rng.randn(count, 4)).astype(np.float32), kinds


def main(_):
    train_x, train_y = flowers(120, 0)
    test_x, test_y = flowers(60, 1)
    columns = [tf.contrib.layers.real_valued_column("", dimension=4)]
    classifier = tf.contrib.learn.DNNClassifier(
        feature_columns=columns, hidden_units=[10, 20, 10], n_classes=3,
        config=tf.contrib.learn.RunConfig(tf_random_seed=3))
    classifier.fit(x=train_x, y=train_y, steps=400)
    accuracy = classifier.evaluate(x=test_x, y=test_y)["accuracy"]
    samples = np.array([[5.0, 3.4, 1.5, 0.2], [6.6, 3.0, 5.5, 2.0]], dtype=np.float32)
    print("New Samples, Class Predictions:", list(classifier.predict(samples)))
    print(f"RESULT accuracy {accuracy:.3f} >= 0.85")


if __name__ == "__main__":
    tf.app.run()
