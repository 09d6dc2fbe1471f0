"""Graphs of queues, readers and parsers, and TFRecord files, on either side: `python queue_peer.py FOLDER`.

Runs under TensorFlow 1.15 and 2.21 as a program, and with Hornbeam as a module.
"""

import json
import os
import sys

RECORDS = [b"", b"one", b"two" * 100]
KINDS = ["", "GZIP", "ZLIB"]


def shown(values):
    return [v.decode("latin-1") if isinstance(v, bytes) else
            [shown([i])[0] for i in v.tolist()] if getattr(v, "ndim", 0) else
            shown([v.item()])[0] if hasattr(v, "item") else
            [shown([i])[0] for i in v] if isinstance(v, list) else v for v in values]


def build(tf):
    """A graph with every op of queues, readers and parsing that both sides have."""
    with tf.Graph().as_default() as graph:
        many, one = tf.placeholder(tf.string, [None], name="many"), tf.placeholder(tf.string, [], name="one")
        features = {"a": tf.FixedLenFeature([], tf.float32), "b": tf.FixedLenFeature([2], tf.int64, [1, 2]),
                    "c": tf.VarLenFeature(tf.string), "d": tf.FixedLenSequenceFeature([], tf.float32, True)}
        parsed = tf.parse_example(many, features)
        for key in ("a", "b", "d"):
            tf.identity(parsed[key], name="batch_" + key)
        tf.identity(parsed["c"].values, name="batch_c")
        tf.identity(tf.parse_single_example(one, features)["b"], name="single_b")
        context, lists = tf.parse_single_sequence_example(
            one, {"a": tf.FixedLenFeature([], tf.float32)},
            {"l": tf.FixedLenSequenceFeature([], tf.int64, True), "v": tf.VarLenFeature(tf.string)})
        tf.identity(context["a"], name="context_a")
        tf.identity(lists["l"], name="list_l")
        for i, column in enumerate(tf.decode_csv(many, [[1], ["x"]])):
            tf.identity(column, name="column_" + str(i))
        queue = tf.PaddingFIFOQueue(5, [tf.int32, tf.string], shapes=[[None], []], name="padded")
        queue.enqueue([[1, 2], "k"], name="padded_put")
        queue.dequeue_many(2, name="padded_take")
        queue = tf.RandomShuffleQueue(10, 1, tf.int32, shapes=[[]], seed=3, name="shuffled")
        queue.enqueue_many([[1, 2, 3, 4, 5]], name="shuffled_put")
        queue.dequeue(name="shuffled_take")
        queue = tf.PriorityQueue(4, [tf.string], [[]], name="first")
        queue.enqueue_many([[2, 1], ["b", "a"]], name="first_put")
        queue.dequeue(name="first_take")
        files = tf.FIFOQueue(5, tf.string, shapes=[[]], name="files")
        files.enqueue(one, name="files_put")
        tf.TextLineReader(skip_header_lines=1).read(files, name="line")
        text = tf.io.serialize_tensor(tf.constant([[1.0, 2.0]]), name="text")
        tf.parse_tensor(text, tf.float32, name="tensor")
        sparse = tf.SparseTensor([[0, 1], [2, 0]], [1.0, 2.0], [3, 4])
        back = tf.deserialize_many_sparse(tf.serialize_many_sparse(sparse), tf.float32)
        tf.identity(back.values, name="sparse_values")
        gradients = tf.ConditionalAccumulator(tf.float32, shape=[2], name="gradients")
        gradients.apply_grad([1.0, 3.0], name="gradients_put")
        gradients.take_grad(1, name="gradients_take")
    return graph.as_graph_def().SerializeToString()


def run(tf, data, folder):
    """What the graph gives, step by step."""

    def example(**features):
        message = tf.train.Example()
        for key, values in features.items():
            message.features.feature[key].float_list.value.extend(values)
        return message.SerializeToString()

    sequence = tf.train.SequenceExample()
    sequence.context.feature["a"].float_list.value.append(4.0)
    sequence.feature_lists.feature_list["l"].feature.add().int64_list.value.append(9)
    lines = os.path.join(folder, "lines.txt")
    with open(lines, "w") as out:
        out.write("head\nl1\nl2\n")
    examples = [example(a=[1.5], d=[1, 2]), example(a=[2])]
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.import_graph_def(tf.GraphDef.FromString(data), name="")
        found = [sess.run(["batch_a:0", "batch_b:0", "batch_c:0", "batch_d:0"], {"many:0": examples}),
                 sess.run(["single_b:0"], {"one:0": examples[0]}),
                 sess.run(["context_a:0", "list_l:0"], {"one:0": sequence.SerializeToString()}),
                 sess.run(["column_0:0", "column_1:0"], {"many:0": ["1,a", ",b"]})]
        for step in ("padded_put", "padded_put", "shuffled_put", "first_put", "gradients_put"):
            sess.run(step)
        sess.run("files_put", {"one:0": lines})
        found.append(sess.run(["padded_take:0", "padded_take:1"]))
        found.append([sess.run("shuffled_take:0") for _ in range(4)])
        found.append(sess.run(["first_take:0", "first_take:1"]))
        found.append(sess.run(["line:1", "tensor:0", "sparse_values:0", "gradients_take:0"]))
    return [shown(part) for part in found]


def write_records(tf, folder):
    for kind in KINDS:
        path = os.path.join(folder, "records" + kind)
        with tf.python_io.TFRecordWriter(path, tf.python_io.TFRecordOptions(kind)) as writer:
            for record in RECORDS:
                writer.write(record)


def read_records(tf, folder):
    return [[r.decode() for r in tf.python_io.tf_record_iterator(os.path.join(folder, "records" + kind),
                                                                tf.python_io.TFRecordOptions(kind))] for kind in KINDS]


def main(folder):
    """Their answers for our graph and records; their own graph and records beside them."""
    import tensorflow as tf
    if not tf.__version__.startswith("1."):
        tf = tf.compat.v1
        tf.disable_v2_behavior()
    with open(os.path.join(folder, "ours.pb"), "rb") as file:
        answer = {"graph": run(tf, file.read(), folder), "records": read_records(tf, os.path.join(folder, "ours"))}
    with open(os.path.join(folder, "theirs.pb"), "wb") as file:
        file.write(build(tf))
    os.makedirs(os.path.join(folder, "theirs"))
    write_records(tf, os.path.join(folder, "theirs"))
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
