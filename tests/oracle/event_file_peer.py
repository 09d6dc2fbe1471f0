"""Event files on the side of TensorFlow: `python event_file_peer.py write|read FOLDER`. Runs under 1.15 and 2.21."""

import glob
import sys

import numpy as np


def write(tf, folder):
    """A graph, four kinds of summaries at three steps, a log of the session and a raw event."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None], name="x")
        with tf.name_scope("part"):
            tf.summary.scalar("mean", tf.reduce_mean(x))
            tf.summary.histogram("values", x)
        tf.summary.text("words", tf.constant(["a", "b"]))
        tf.summary.audio("sound", tf.reshape(x, [1, -1]), 8000, max_outputs=1)
        merged = tf.summary.merge_all()
        writer = tf.summary.FileWriter(folder, graph)
        with tf.Session() as session:
            for step in range(3):
                writer.add_summary(session.run(merged, {x: np.arange(-8 * step, 12) / 8.0}), step)
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), 3)
        writer.add_event(tf.Event(wall_time=7.5, step=4, summary=tf.Summary(value=[
            tf.Summary.Value(tag="raw", simple_value=0.25)])))
        writer.close()


def read(tf, folder):
    """What the file holds, without times and the bytes of graphs."""
    found = []
    for path in sorted(glob.glob(folder + "/events.out.tfevents.*")):
        for event in tf.train.summary_iterator(path):
            values = [(v.tag, v.WhichOneof("value"), v.SerializeToString().hex()) for v in event.summary.value]
            if event.graph_def:
                names = [n.name for n in tf.GraphDef.FromString(event.graph_def).node if "/" not in n.name]
                values = [(n, "", "") for n in names if n in ("x", "words", "sound")]
            found.append([event.WhichOneof("what"), event.step, event.file_version, sorted(values)])
    return found


if __name__ == "__main__":
    from tensorflow.compat import v1
    v1.disable_eager_execution()
    if sys.argv[1] == "write":
        write(v1, sys.argv[2])
    else:
        import json
        print(json.dumps(read(v1, sys.argv[2])))
