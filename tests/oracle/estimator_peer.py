"""A canned estimator trained, exported and read: run by this name under TensorFlow 1.15 and under Hornbeam.

    python estimator_peer.py train|evaluate|more|export|serve FOLDER VOCABULARY    prints one line of JSON
"""

import json
import os
import sys

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
fc, est = tf.feature_column, tf.estimator
what, folder, vocabulary = sys.argv[1:]

x = fc.numeric_column("x", shape=(2,))
word = fc.categorical_column_with_vocabulary_list("c", ["a", "b"], num_oov_buckets=1)
colour = fc.categorical_column_with_vocabulary_file("colour", vocabulary, vocabulary_size=3)
wide = [x, word, colour, fc.crossed_column(["c", "colour"], 10),
        fc.bucketized_column(fc.numeric_column("z"), [0.0, 1.0])]
rng = np.random.RandomState(0)
data = {"x": rng.normal(size=(64, 2)).astype(np.float32), "c": rng.choice(["a", "b", "z"], 64),
        "colour": rng.choice(["red", "blue", "pink"], 64), "z": rng.normal(size=64).astype(np.float32)}
labels = (data["x"][:, 0] > 0).astype(np.int64)


def source(epochs):
    return est.inputs.numpy_input_fn(data, labels, batch_size=32, shuffle=False, num_epochs=epochs)


def model():
    return est.DNNLinearCombinedClassifier(
        os.path.join(folder, "model"), linear_feature_columns=wide, dnn_hidden_units=[4],
        dnn_feature_columns=[x, fc.embedding_column(colour, 2)], batch_norm=True)


def example(row):
    def feature(value):
        if isinstance(value, bytes):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
        return tf.train.Feature(float_list=tf.train.FloatList(value=np.ravel(value)))

    values = {k: v[row].encode() if v.dtype.kind == "U" else v[row] for k, v in data.items()}
    return tf.train.Example(features=tf.train.Features(
        feature={k: feature(v) for k, v in values.items()})).SerializeToString()


if what == "train":
    model().train(source(None), steps=5)
    found = model().get_variable_names()
elif what == "evaluate":
    found = {k: float(v) for k, v in model().evaluate(source(1)).items()}
elif what == "more":
    found = {k: float(v) for k, v in model().train(source(None), steps=2).evaluate(source(1)).items()}
elif what == "export":
    spec = fc.make_parse_example_spec(wide)
    path = model().export_saved_model(os.path.join(folder, "exported"),
                                      est.export.build_parsing_serving_input_receiver_fn(spec)).decode()
    rows = est.inputs.numpy_input_fn(data, shuffle=False)
    found = [p["logits"].tolist() for p in list(model().predict(rows, predict_keys=["logits"]))[:8]]
else:
    (name,) = os.listdir(os.path.join(folder, "exported"))
    with tf.Session(graph=tf.Graph()) as sess:
        loaded = tf.saved_model.loader.load(sess, ["serve"], os.path.join(folder, "exported", name))
        signature = loaded.signature_def["predict"]
        found = sess.run(signature.outputs["logits"].name,
                         {signature.inputs["examples"].name: [example(row) for row in range(8)]}).tolist()
print("FOUND " + json.dumps(found))
