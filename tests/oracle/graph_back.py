"""What TensorFlow, 1.15 or 2.21, makes of files that Hornbeam wrote: `python graph_back.py FOLDER`, JSON on stdout.

For each folder in FOLDER, where they are there: its SavedModel, MetaGraph with checkpoint, and frozen graph; the values
of `prob`, and the losses of three more steps.
"""

import json
import os
import sys

import numpy as np
import tensorflow as tf

if tf.__version__.startswith("2"):
    tf = tf.compat.v1
    tf.disable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)


def saved_model(sess, folder):
    tf.saved_model.loader.load(sess, ["serve"], os.path.join(folder, "saved_model"))


def model(sess, folder):
    prefix = os.path.join(folder, "model")
    tf.train.import_meta_graph(prefix + ".meta").restore(sess, prefix)


def frozen(sess, folder):
    message = tf.GraphDef()
    with open(os.path.join(folder, "frozen.pb"), "rb") as file:
        message.ParseFromString(file.read())
    tf.import_graph_def(message, name="")


def answer(load, folder, feed):
    with tf.Graph().as_default(), tf.Session() as sess:
        load(sess, folder)
        found = {"prob": sess.run("prob:0", {"x:0": feed["x:0"]}).tolist()}
        if load is model:
            step = tf.get_collection("train_op")[0]
            found["losses"] = [float(sess.run(["loss:0", step], feed)[0]) for _ in range(3)]
        return found


if __name__ == "__main__":
    top = sys.argv[1]
    data = np.load(os.path.join(top, "data.npz"))
    given = {"x:0": data["x"], "y:0": data["y"]}
    out = {}
    for name in sorted(os.listdir(top)):
        for load, file in ((saved_model, "saved_model"), (model, "model.meta"), (frozen, "frozen.pb")):
            if os.path.exists(os.path.join(top, name, file)):
                try:
                    out[name + "/" + load.__name__] = answer(load, os.path.join(top, name), given)
                except Exception as error:
                    out[name + "/" + load.__name__] = {"error": repr(error)[:500]}
    print(json.dumps(out))
