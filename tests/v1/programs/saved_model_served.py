"""Trains a small regression, exports it as a SavedModel and serves it in another process."""
import os
import subprocess
import sys
import tempfile

import numpy as np
import tensorflow as tf

export_dir = sys.argv[1] if len(sys.argv) > 1 else os.path.join(tempfile.mkdtemp(), "1")


def train():
    rng = np.random.RandomState(0)
    inputs = rng.uniform(-1, 1, (256, 2)).astype(np.float32)
    targets = inputs.dot([[2.0], [-3.0]]) + 0.5
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    t = tf.placeholder(tf.float32, [None, 1], name="t")
    w = tf.Variable(tf.zeros([2, 1]), name="weights")
    b = tf.Variable(tf.zeros([1]), name="bias")
    y = tf.add(tf.matmul(x, w), b, name="y")
    loss = tf.reduce_mean(tf.square(y - t))
    train_step = tf.train.GradientDescentOptimizer(0.3).minimize(loss)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(200):
            sess.run(train_step, feed_dict={x: inputs, t: targets})
        builder = tf.saved_model.builder.SavedModelBuilder(export_dir)
        signature = tf.saved_model.signature_def_utils.build_signature_def(
            inputs={"features": tf.saved_model.utils.build_tensor_info(x)},
            outputs={"prediction": tf.saved_model.utils.build_tensor_info(y)},
            method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)
        builder.add_meta_graph_and_variables(
            sess, [tf.saved_model.tag_constants.SERVING],
            signature_def_map={tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature})
        builder.save()


def serve():
    with tf.Session(graph=tf.Graph()) as sess:
        meta_graph = tf.saved_model.loader.load(sess, [tf.saved_model.tag_constants.SERVING], export_dir)
        signature = meta_graph.signature_def["serving_default"]
        answer = sess.run(signature.outputs["prediction"].name,
                          feed_dict={signature.inputs["features"].name: [[1.0, 1.0], [0.0, 0.0]]})
    error = np.abs(answer.ravel() - [-0.5, 0.5]).max()
    print("RESULT served_error %f <= 0.01" % error)


if len(sys.argv) > 1:
    serve()
else:
    train()
    command = [sys.executable, os.path.abspath(__file__), export_dir]
    if "hornbeam" in tf.__name__ or "hornbeam" in (getattr(tf, "__file__", "") or ""):
        command[1:1] = ["-m", "hornbeam", "run"]
    sys.stdout.write(subprocess.check_output(command).decode())
