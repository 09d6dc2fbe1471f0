"""A SavedModel that brings a file along: a bag of words whose vocabulary is an asset, loaded when it starts."""
import os
import tempfile

import numpy as np
import tensorflow as tf

folder = tempfile.mkdtemp()
vocabulary = os.path.join(folder, "vocabulary.txt")
words = ["good", "great", "fine", "bad", "awful", "poor"]
with open(vocabulary, "w") as f:
    f.write("\n".join(words) + "\n")
rng = np.random.RandomState(7)
texts = [[words[i] for i in rng.choice(6, 3)] for _ in range(200)]
labels = [[float(sum(w in words[:3] for w in text) >= 2)] for text in texts]
export_dir = os.path.join(folder, "model")

with tf.Graph().as_default(), tf.Session() as sess:
    path = tf.constant(vocabulary, name="vocabulary_file")
    tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, path)
    known = tf.Variable([""] * 6, trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="known")
    lines = tf.string_split([tf.read_file(path)], "\n").values
    load = tf.assign(known, lines[:6])
    text = tf.placeholder(tf.string, [None, 3], name="text")
    bag = tf.reduce_sum(tf.cast(tf.equal(tf.expand_dims(text, 2), known), tf.float32), 1)
    w = tf.get_variable("w", [6, 1], initializer=tf.zeros_initializer())
    b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
    logits = tf.matmul(bag, w) + b
    score = tf.nn.sigmoid(logits, name="score")
    target = tf.placeholder(tf.float32, [None, 1])
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logits))
    step = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    sess.run(load)
    for _ in range(300):
        sess.run(step, {text: texts, target: labels})
    tf.saved_model.simple_save(sess, export_dir, inputs={"text": text}, outputs={"score": score},
                               legacy_init_op=load.op)

os.remove(vocabulary)
with tf.Graph().as_default(), tf.Session() as sess:
    tf.saved_model.loader.load(sess, ["serve"], export_dir)
    good, bad = sess.run("score:0", {"text:0": [["good", "great", "fine"], ["bad", "awful", "poor"]]}).ravel()
    print("good %.3f bad %.3f" % (good, bad))
    print("RESULT difference %.3f >= 0.8" % (good - bad))
