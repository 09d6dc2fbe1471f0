"""Continuous bag of words with sampled softmax: the word between is guessed from those around it."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(5)
vocabulary_size, window = 20, 2
following = np.array([(3 * i + 1) % vocabulary_size for i in range(vocabulary_size)])
text = [0]
for _ in range(20000):
    text.append(following[text[-1]] if rng.uniform() < 0.8 else rng.randint(vocabulary_size))
text = np.array(text)


def batch(size):
    at = rng.randint(window, len(text) - window, size=size)
    around = np.stack([text[at + o] for o in (-2, -1, 1, 2)], 1)
    return around, text[at][:, None]


tf.set_random_seed(11)
context = tf.placeholder(tf.int32, [None, 2 * window])
target = tf.placeholder(tf.int64, [None, 1])
embeddings = tf.get_variable("embeddings", [vocabulary_size, 16])
weights = tf.get_variable("softmax_w", [vocabulary_size, 64])
biases = tf.get_variable("softmax_b", [vocabulary_size], initializer=tf.zeros_initializer())
joined = tf.reshape(tf.nn.embedding_lookup(embeddings, context), [-1, 2 * window * 16])
hidden = tf.layers.dense(joined, 64, tf.nn.relu)
sampled = tf.nn.log_uniform_candidate_sampler(true_classes=target, num_true=1, num_sampled=8, unique=True,
                                              range_max=vocabulary_size, seed=1)
loss = tf.reduce_mean(tf.nn.sampled_softmax_loss(weights, biases, target, hidden, 8, vocabulary_size,
                                                 sampled_values=sampled))
train = tf.train.AdagradOptimizer(0.3).minimize(loss)
logits = tf.matmul(hidden, weights, transpose_b=True) + biases
full_loss = tf.losses.sparse_softmax_cross_entropy(target[:, 0], logits)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), target[:, 0]), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(1200):
        a, b = batch(128)
        sess.run(train, {context: a, target: b})
    a, b = batch(2000)
    figure, cost = sess.run([accuracy, full_loss], {context: a, target: b})
print("full loss %.3f" % cost)
print("RESULT accuracy %.4f >= 0.75" % figure)
