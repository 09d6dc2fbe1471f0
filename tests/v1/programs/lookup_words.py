"""Words become ids by a vocabulary file, ids become vectors, and the mean vector tells a sentence's kind."""

import os
import tempfile

import numpy as np
import tensorflow as tf

GOOD = ["good", "great", "fine", "lovely", "superb"]
BAD = ["bad", "poor", "awful", "dull", "weak"]
FILLER = ["the", "film", "was", "plot", "music"]

vocabulary = os.path.join(tempfile.mkdtemp(), "vocabulary.txt")
with open(vocabulary, "w") as file:
    file.write("\n".join(GOOD + BAD + FILLER) + "\n")

rng = np.random.RandomState(0)


def sentences(count):
    labels = rng.randint(0, 2, count)
    rows = [list(rng.choice(FILLER, 4)) + list(rng.choice(GOOD if y else BAD, 2)) + ["word%d" % rng.randint(100)]
            for y in labels]
    return np.array(rows), labels


tf.set_random_seed(1)
words = tf.placeholder(tf.string, [None, 7])
labels = tf.placeholder(tf.int64, [None])
table = tf.contrib.lookup.index_table_from_file(vocabulary, num_oov_buckets=3)
ids = table.lookup(words)
size = len(GOOD + BAD + FILLER) + 3
vectors = tf.get_variable("vectors", [size, 8], initializer=tf.random_uniform_initializer(-0.1, 0.1))
mean = tf.reduce_mean(tf.nn.embedding_lookup(vectors, ids), axis=1)
weights = tf.get_variable("weights", [8, 2])
logits = tf.matmul(mean, weights)
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
train = tf.train.AdamOptimizer(0.05).minimize(loss)
right = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), labels), tf.float32))

names = tf.contrib.lookup.index_to_string_table_from_tensor(["bad", "good"], default_value="unknown")
verdict = names.lookup(tf.argmax(logits, 1))

with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.tables_initializer()])
    print("vocabulary of", sess.run(table.size()))
    for step in range(60):
        x, y = sentences(32)
        sess.run(train, {words: x, labels: y})
    x, y = sentences(200)
    accuracy, said = sess.run([right, verdict], {words: x, labels: y})
    print(" ".join(x[0]), "->", said[0].decode())

print("RESULT accuracy %.3f >= 0.97" % accuracy)
