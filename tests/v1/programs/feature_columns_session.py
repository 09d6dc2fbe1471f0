"""Feature columns without an estimator: input_layer, a hidden layer, and a plain session."""

import numpy as np
import tensorflow as tf

fc = tf.feature_column
rng = np.random.RandomState(0)
CITIES = ["Bern", "Oslo", "Rome", "Wien"]
RENT = {"Bern": 2.0, "Oslo": 1.5, "Rome": 0.5, "Wien": 1.0}


def flats(count):
    city, rooms = rng.choice(CITIES, count), rng.randint(1, 6, count)
    area = rooms * 25 + rng.uniform(-10, 10, count)
    rent = area / 50 + np.array([RENT[c] for c in city]) + 0.3 * (rooms > 3)
    return {"city": city, "rooms": rooms, "area": area.astype(np.float32)}, rent.astype(np.float32)


tf.set_random_seed(0)
features = {"city": tf.placeholder(tf.string, [None]), "rooms": tf.placeholder(tf.int64, [None]),
            "area": tf.placeholder(tf.float32, [None])}
target = tf.placeholder(tf.float32, [None])
columns = [
    fc.numeric_column("area", normalizer_fn=lambda x: (x - 75.0) / 40.0),
    fc.embedding_column(fc.categorical_column_with_vocabulary_list("city", CITIES), 2),
    fc.indicator_column(fc.categorical_column_with_identity("rooms", 6))]
net = fc.input_layer(features, columns)
net = tf.layers.dense(net, 16, tf.nn.relu)
rent = tf.squeeze(tf.layers.dense(net, 1), 1)
loss = tf.losses.mean_squared_error(target, rent)
train = tf.train.AdamOptimizer(0.02).minimize(loss)
print([v.name for v in tf.trainable_variables()])

with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.tables_initializer()])
    for step in range(400):
        x, y = flats(64)
        sess.run(train, {target: y, **{features[k]: v for k, v in x.items()}})
    x, y = flats(500)
    error = sess.run(loss, {target: y, **{features[k]: v for k, v in x.items()}})
print("RESULT error %.5f <= 0.02" % error)
