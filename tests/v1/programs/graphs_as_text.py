"""Writes a graph as text, reads it with google.protobuf, and puts another input in its place."""
import os
import tempfile

import numpy as np
import tensorflow as tf
from google.protobuf import text_format

folder = tempfile.mkdtemp()
with tf.Graph().as_default() as graph:
    x = tf.placeholder(tf.float32, [None], name="x")
    with tf.name_scope("model"):
        count, total = tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s * x + 1.0),
                                     [tf.constant(0), tf.ones_like(x)])
        y = tf.cond(tf.reduce_sum(x) > 0, lambda: total, lambda: -total)
    tf.identity(y, name="y")
    tf.train.write_graph(graph.as_graph_def(), folder, "graph.pbtxt", as_text=True)

graph_def = tf.GraphDef()
with open(os.path.join(folder, "graph.pbtxt")) as f:
    text_format.Merge(f.read(), graph_def)
print("nodes", len(graph_def.node))

with tf.Graph().as_default(), tf.Session() as sess:
    mine = tf.constant([0.5, 2.0])
    y, = tf.import_graph_def(graph_def, input_map={"x": mine}, return_elements=["y:0"], name="")
    wanted = [sum(v ** k for k in range(5)) for v in (0.5, 2.0)]
    error = np.abs(sess.run(y) - wanted).max()
    print("RESULT text_graph_error %.6f <= 0.0001" % error)
