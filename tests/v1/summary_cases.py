"""Summaries of TF1 for both sides: `python summary_cases.py` with a TensorFlow writes `golden/summaries.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np


def build(tf: Any) -> list[Any]:
    """The summaries, in the open graph."""
    rng = np.random.RandomState(0)
    made = [tf.summary.scalar("a b/c:0", 3.0), tf.summary.scalar("loss", 3), tf.summary.scalar("loss", 0.1),
            tf.summary.scalar("loss", 4, family="fam"), tf.summary.scalar("/slash", np.float64(0.25))]
    with tf.name_scope("outer"):
        made += [tf.summary.scalar("loss", 4, family="fam", collections=["mine"]), tf.summary.scalar("x", 1),
                 tf.summary.histogram("h", [1.0, 2.0, 3.0, -4.0, 0.0])]
    made += [
        tf.summary.histogram("empty", np.zeros([0], np.float32)),
        tf.summary.histogram("normal", rng.normal(size=[50, 20]).astype(np.float32)),
        tf.summary.histogram("wide", np.array([1e-13, 1e-12, -1e30, 1e20, 1e19, 5e-324, 1.1e-12])),
        tf.summary.histogram("integers", np.array([1, 2, 300, -7], np.int64), family="numbers"),
        tf.summary.histogram("flags", np.array([True, False, True])),
        tf.summary.audio("mono", np.array([[0.0, 0.5, 1.0, -1.0, -1.5, 0.3]], np.float32), 8000),
        tf.summary.audio("stereo", rng.uniform(-1, 1, [2, 9, 2]).astype(np.float32), 44100.5, max_outputs=1),
        tf.summary.tensor_summary("t", np.array([0.0, 0.5], np.float32)),
        tf.summary.tensor_summary("t", np.array(["a", "b"]), display_name="shown"),
        tf.summary.text("words", tf.constant("hello")),
    ]
    made.append(tf.summary.merge(made[1:4]))
    made.append(tf.summary.merge(made[1:3], name="both"))
    made.append(tf.summary.merge_all(scope="outer"))
    return made


def answer(tf: Any) -> list[dict[str, Any]]:
    """What they are called and give."""
    with tf.Graph().as_default() as graph:
        made = build(tf)
        names = [o.name for o in graph.get_operations()]
        with tf.Session() as session:
            given = session.run(made)
        collected = {key: [t.name for t in tf.get_collection(key)] for key in ("summaries", "mine")}
    return [{"names": names, "collected": collected},
            *({"name": m.name, "bytes": g.hex()} for m, g in zip(made, given, strict=True))]


if __name__ == "__main__":
    from tensorflow.compat import v1
    v1.disable_eager_execution()
    Path(sys.argv[1]).write_text(json.dumps(answer(v1), indent=0) + "\n")
