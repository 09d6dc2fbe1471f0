"""Word vectors by skip-gram with noise-contrastive estimation: words of one topic become neighbours."""

import collections

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(2)
topics = [["cat", "dog", "cow", "hen"], ["red", "blue", "green", "pink"], ["one", "two", "six", "ten"]]
words = []
for _ in range(1500):
    words.extend(rng.choice(topics[rng.randint(3)], size=12))
count = collections.Counter(words).most_common()
dictionary = {word: i for i, (word, _) in enumerate(count)}
reverse = {i: word for word, i in dictionary.items()}
data = np.array([dictionary[w] for w in words])
vocabulary_size, embedding_size, num_sampled = len(dictionary), 8, 4


def generate_batch(size):
    centers = rng.randint(2, len(data) - 2, size=size)
    offsets = rng.choice([-2, -1, 1, 2], size=size)
    return data[centers], data[centers + offsets][:, None]


graph = tf.Graph()
with graph.as_default():
    tf.set_random_seed(7)
    train_inputs = tf.placeholder(tf.int32, shape=[128])
    train_labels = tf.placeholder(tf.int32, shape=[128, 1])
    with tf.device("/cpu:0"):
        embeddings = tf.Variable(tf.random_uniform([vocabulary_size, embedding_size], -0.1, 0.1))
        embed = tf.nn.embedding_lookup(embeddings, train_inputs)
        nce_weights = tf.Variable(tf.truncated_normal([vocabulary_size, embedding_size], stddev=0.1))
        nce_biases = tf.Variable(tf.zeros([vocabulary_size]))
    loss = tf.reduce_mean(tf.nn.nce_loss(weights=nce_weights, biases=nce_biases, labels=train_labels, inputs=embed,
                                         num_sampled=num_sampled, num_classes=vocabulary_size))
    tf.summary.scalar("loss", loss)
    optimizer = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
    norm = tf.sqrt(tf.reduce_sum(tf.square(embeddings), 1, keep_dims=True))
    normalized_embeddings = embeddings / norm
    similarity = tf.matmul(normalized_embeddings, normalized_embeddings, transpose_b=True)
    init = tf.global_variables_initializer()

with tf.Session(graph=graph) as session:
    init.run()
    average_loss = 0.0
    for step in range(4000):
        batch_inputs, batch_labels = generate_batch(128)
        _, loss_val = session.run([optimizer, loss], {train_inputs: batch_inputs, train_labels: batch_labels})
        average_loss += loss_val / 500
        if step % 500 == 499:
            print("average loss at step %d: %.3f" % (step, average_loss))
            average_loss = 0.0
    sim = similarity.eval()

topic_of = {dictionary[w]: i for i, topic in enumerate(topics) for w in topic}
np.fill_diagonal(sim, -np.inf)
right = [np.mean([topic_of[j] == topic_of[i] for j in np.argsort(-sim[i])[:3]]) for i in range(vocabulary_size)]
print("nearest to cat:", [reverse[j] for j in np.argsort(-sim[dictionary["cat"]])[:3]])
print("RESULT neighbours %.3f >= 0.9" % np.mean(right))
