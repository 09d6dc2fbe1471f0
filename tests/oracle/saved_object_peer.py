"""A module that is saved as an object and loaded again: run under TensorFlow 2.21, imported under Hornbeam.

    python saved_object_peer.py write FOLDER
    python saved_object_peer.py read FOLDER     prints what its functions give, as JSON
"""

import json
import os
import sys

import numpy as np

X = np.array([[1.0, 2.0]], np.float32)


def modules(tf):
    """The class of the module."""
    spec = tf.TensorSpec

    class Inner(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w")

        @tf.function(input_signature=[spec([None, 2], tf.float32, name="x")])
        def __call__(self, x):
            return tf.matmul(x, self.w)

    class Outer(tf.Module):
        def __init__(self, vocabulary):
            super().__init__()
            self.v = tf.Variable(2.0, name="v")
            self.n = tf.Variable(0, trainable=False, dtype=tf.int64, name="n")
            self.t = tf.Variable(tf.zeros([3, 2]))
            self.c = tf.constant([1.0, 2.0])
            self.inner, self.many, self.by = Inner(), [tf.Variable([1.0, 2.0]), Inner()], {"k": tf.Variable(3.0)}
            self.file = tf.saved_model.Asset(vocabulary)

        @tf.function
        def branches(self, x, training=False):
            self.n.assign_add(1)
            if tf.reduce_sum(x) > 0:
                y = x * self.v
            else:
                y = x - self.v
            for _ in tf.range(3):
                y += self.c
            return {"y": y + 100.0 if training else y, "n": self.n.read_value()}

        @tf.function(input_signature=[spec([], tf.float32)])
        def order(self, by):
            before = self.v.read_value()
            self.v.assign_add(by)
            between = self.v.read_value()
            self.v.assign(self.v * 2.0)
            return before, between, self.v.read_value()

        @tf.function(input_signature=[spec([], tf.int32)])
        def loop(self, k):
            i = tf.constant(0)
            while i < k:
                self.n.assign_add(tf.cast(i, tf.int64))
                i += 1
            if k > 2:
                self.v.assign(50.0)
            return self.n.read_value(), self.v.read_value()

        @tf.function(input_signature=[spec([None], tf.int32), spec([None, 2], tf.float32)])
        def scatter(self, i, u):
            self.t.scatter_nd_update(i[:, None], u)
            return tf.gather(self.t, i) + self.many[0] * self.by["k"]

        @tf.function
        def nested(self, d, *, k=2.0):
            return [d["b"] - d["a"], (d["p"][0] * k, d["p"][1])]

        @tf.function(input_signature=[spec([None], tf.string)])
        def strings(self, x):
            return tf.strings.length(tf.strings.join([x, "!"]))

        @tf.function(input_signature=[spec([None, 2], tf.float32, name="a"), spec([None, 2], tf.float32, name="b")])
        def serve(self, a, b):
            return {"out": self.inner(a) - b, "sum": tf.reduce_sum(a + self.c)}

    return Outer


def nested(tf):
    return {"b": tf.constant(3.0), "a": tf.constant(1.0), "p": (tf.constant(2.0), tf.constant(5))}


def write(tf, folder):
    vocabulary = os.path.join(os.path.dirname(folder), "words.txt")
    with open(vocabulary, "w") as file:
        file.write("a\nb\n")
    module = modules(tf)(vocabulary)
    module.branches(tf.constant(X))
    module.branches(tf.constant(-X), training=True)
    module.branches(tf.constant([[1.0, 2.0], [3.0, 4.0]]))
    module.nested(nested(tf))
    tf.saved_model.save(module, folder, signatures={"serving_default": module.serve, "more": module.inner.__call__})


def served(v1, folder):
    """What the signature gives in a session."""
    with v1.Graph().as_default(), v1.Session() as session:
        held = v1.saved_model.loader.load(session, ["serve"], folder).signature_def["serving_default"]
        outputs = [held.outputs[name].name for name in ("out", "sum")]
        return session.run(outputs, {held.inputs["a"].name: X, held.inputs["b"].name: 2 * X})


def read(tf, v1, folder):
    """What the functions of the module give, one after the other, as nested lists."""
    m, x = tf.saved_model.load(folder), tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        loss, through = tf.reduce_sum(m.inner(x)), tf.reduce_sum(m.branches(x)["y"])
    steps = {
        "variables": lambda: [m.v, m.n, m.inner.w, m.many[0], m.by["k"], m.t],
        "trainable": lambda: [m.v.trainable, m.n.trainable],
        "gradients": lambda: [tape.gradient(loss, m.inner.w), tape.gradient(through, m.v)],
        "then": lambda: m.branches(x),
        "else": lambda: m.branches(-x, training=True),
        "rows": lambda: m.branches(tf.constant([[1.0, 2.0], [3.0, 4.0]])),
        "order": lambda: m.order(tf.constant(1.5)),
        "loop": lambda: [m.loop(tf.constant(2)), m.loop(tf.constant(5))],
        "scatter": lambda: [m.scatter(tf.constant([0, 2]), tf.constant([[1.0, 2.0], [3.0, 4.0]])), m.t],
        "nested": lambda: m.nested(nested(tf)),
        "strings": lambda: m.strings(tf.constant(["a", "bc"])),
        "called": lambda: [m.inner(x), m.many[1](x)],
        "signatures": lambda: [m.signatures["serving_default"](a=x, b=2 * x), m.signatures["more"](x=x)],
        "file": lambda: tf.io.read_file(m.file.asset_path) == "a\nb\n",
        "served": lambda: served(v1, folder),
    }
    return {name: [np.asarray(t).tolist() for t in tf.nest.flatten(step())] for name, step in steps.items()}


if __name__ == "__main__":
    import tensorflow

    if sys.argv[1] == "write":
        write(tensorflow, sys.argv[2])
    else:
        print(json.dumps(read(tensorflow, tensorflow.compat.v1, sys.argv[2])))
