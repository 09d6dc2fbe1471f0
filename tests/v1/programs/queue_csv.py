"""A regression on lines of comma-separated values, read by a text reader in batches of lines."""

import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(3)
path = os.path.join(tempfile.mkdtemp(), "houses.csv")
with open(path, "w") as out:
    out.write("id,area,rooms,town,price\n")
    for i in range(500):
        area, rooms, town = rng.uniform(0, 2), rng.randint(1, 5), ["north", '"south, old"'][rng.randint(2)]
        price = 3.0 * area + 0.5 * rooms + (1.0 if town == "north" else -1.0)
        out.write("%d,%.5f,%s,%s,%.5f\n" % (i, area, rooms if rng.rand() > 0.1 or rooms != 2 else "", town, price))

queue = tf.train.string_input_producer([path], shuffle=False)
reader = tf.TextLineReader(skip_header_lines=1)
_, lines = reader.read_up_to(queue, 40)
batch = tf.train.batch([lines], batch_size=50, enqueue_many=True, capacity=200)
_, area, rooms, town, price = tf.decode_csv(batch, record_defaults=[[0], [0.0], [2.0], [""], [0.0]])
features = tf.stack([area, rooms, tf.cast(tf.equal(town, "north"), tf.float32)], axis=1)

w = tf.get_variable("w", [3, 1], initializer=tf.zeros_initializer())
b = tf.get_variable("b", [], initializer=tf.zeros_initializer())
predicted = tf.squeeze(tf.matmul(features, w), 1) + b
loss = tf.reduce_mean(tf.squared_difference(predicted, price))
step = tf.train.AdamOptimizer(0.1).minimize(loss)

sess = tf.Session()
sess.run(tf.global_variables_initializer())
coord = tf.train.Coordinator()
threads = tf.train.start_queue_runners(sess=sess, coord=coord)
for i in range(400):
    _, value = sess.run([step, loss])
print("weights", sess.run(w).ravel(), sess.run(b))
coord.request_stop()
coord.join(threads)
sess.close()
print("RESULT error %.5f <= 0.01" % value)
