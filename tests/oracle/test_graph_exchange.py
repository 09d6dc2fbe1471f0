"""Graphs, checkpoints and SavedModels exchanged with TensorFlow 1.15 and 2.21, both ways."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.oracle.peer import ROOT, VARIABLE
from tests.recorded_graphs import answers, feed

import hornbeam.v1 as tf

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]
OLD = os.environ.get("HORNBEAM_ORACLE_1", str(ROOT / ".venv-keras2" / "bin" / "python"))
HERE = Path(__file__).parent
NETS = ["branches", "inception", "mobilenet", "resnet", "resources", "static_rnn"]
LOOPS = ["dynamic_rnn", "loops"]
"""Networks with loops, whose gradients TensorFlow has no ops for once they are taken here."""


def run(python: str, script: str, folder: Path, *names: str) -> str:
    """What a script says under another TensorFlow."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run([python, str(HERE / script), str(folder), *names], capture_output=True, text=True,
                          check=False, env=environment, cwd=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What TensorFlow 1.15 made."""
    if not Path(OLD).exists():
        pytest.skip("HORNBEAM_ORACLE_1 names no interpreter that has TensorFlow 1.15")
    folder = tmp_path_factory.mktemp("theirs")
    run(OLD, "graph_nets.py", folder)
    return folder


@pytest.fixture(scope="module")
def ours(theirs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same networks, trained two steps further here and written again."""
    folder = tmp_path_factory.mktemp("ours")
    shutil.copy(theirs / "data.npz", folder)
    given = feed(theirs)
    for name in NETS:
        with tf.Graph().as_default() as graph, tf.Session() as sess:
            saver = tf.train.import_meta_graph(str(theirs / name / "model.meta"))
            saver.restore(sess, str(theirs / name / "model"))
            step = tf.get_collection("train_op")[0]
            for _ in range(2):
                sess.run(step, given)
            write(sess, saver, graph, folder / name)
            save_answers(sess, step, given, folder / name)
    return folder


def write(sess: Any, saver: Any, graph: Any, folder: Path) -> None:
    """Write everything that can be exchanged."""
    folder.mkdir()
    saver.save(sess, str(folder / "model"))
    prob = graph.get_tensor_by_name("prob:0")
    tf.saved_model.simple_save(sess, str(folder / "saved_model"), {"x": graph.get_tensor_by_name("x:0")},
                               {"prob": prob})
    frozen = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ["prob"])
    tf.train.write_graph(frozen, str(folder), "frozen.pb", as_text=False)


def save_answers(sess: Any, step: Any, given: dict[str, Any], folder: Path) -> None:
    """Write what comes next here."""
    prob = sess.run("prob:0", {"x:0": given["x:0"]}).tolist()
    losses = [float(sess.run(["loss:0", step], given)[0]) for _ in range(3)]
    (folder / "answers.json").write_text(json.dumps({"prob": prob, "losses": losses}))


@pytest.mark.parametrize("name", NETS + LOOPS)
def test_their_frozen_graphs_run_here(theirs: Path, name: str) -> None:
    message = tf.GraphDef()
    message.ParseFromString((theirs / name / "frozen.pb").read_bytes())
    with tf.Graph().as_default(), tf.Session() as sess:
        prob, = tf.import_graph_def(message, return_elements=["prob:0"], name="")
        found = sess.run(prob, {"x:0": feed(theirs)["x:0"]})
    np.testing.assert_allclose(found, answers(theirs, name)["prob"], atol=1e-5)


@pytest.mark.parametrize("name", NETS + LOOPS)
def test_their_saved_models_run_here(theirs: Path, name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.saved_model.loader.load(sess, ["serve"], str(theirs / name / "saved_model"))
        found = sess.run("prob:0", {"x:0": feed(theirs)["x:0"]})
    np.testing.assert_allclose(found, answers(theirs, name)["prob"], atol=1e-5)


@pytest.mark.parametrize("name", NETS + LOOPS)
def test_their_training_goes_on_here(theirs: Path, name: str) -> None:
    wanted, given = answers(theirs, name), feed(theirs)
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.train.import_meta_graph(str(theirs / name / "model.meta")).restore(sess, str(theirs / name / "model"))
        step = tf.get_collection("train_op")[0]
        losses = [sess.run(["loss:0", step], given)[0] for _ in range(5)]
        sums = {v.op.name: float(np.sum(np.abs(sess.run(v)))) for v in tf.global_variables()}
    np.testing.assert_allclose(losses, wanted["losses"], rtol=1e-4, atol=1e-5)
    for key, value in wanted["sums"].items():
        assert sums[key] == pytest.approx(value, rel=1e-3, abs=1e-4), key


def nets() -> dict[str, Any]:
    """Networks of our own."""
    def convolutional(x: Any) -> Any:
        w = tf.get_variable("w", [3, 3, 3, 4])
        hidden = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME"), tf.get_variable("b", [4])))
        hidden = tf.nn.max_pool(hidden, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
        hidden = tf.nn.dropout(tf.reshape(hidden, [-1, 64]), keep_prob=tf.placeholder_with_default(1.0, []))
        return tf.matmul(hidden, tf.get_variable("out", [64, 5]))

    def normalized(x: Any) -> Any:
        hidden = tf.layers.conv2d(x, 4, 3, activation=tf.nn.relu)
        hidden = tf.layers.batch_normalization(hidden, training=tf.placeholder_with_default(False, []))
        return tf.layers.dense(tf.layers.flatten(hidden), 5)

    def mixed(x: Any) -> Any:
        hidden = tf.tanh(tf.layers.dense(tf.layers.flatten(x), 6))
        mean, variance = tf.nn.moments(hidden, [0])
        hidden = tf.concat([tf.nn.batch_normalization(hidden, mean, variance, None, None, 1e-3), hidden * hidden], 1)
        left, right = tf.split(hidden, 2, 1)
        return tf.layers.dense(tf.sigmoid(left) * tf.nn.softmax(right) / (1.0 + tf.reduce_sum(left, 1, True) ** 2), 5)

    def embedded(x: Any) -> Any:
        rows = tf.nn.embedding_lookup(tf.get_variable("embedding", [10, 4]), [[1, 2], [2, 3], [1, 1], [7, 2]])
        return tf.layers.dense(tf.reduce_mean(rows, 1), 5) + tf.layers.dense(tf.layers.flatten(x), 5)

    return {f.__name__: f for f in (convolutional, normalized, mixed, embedded)}


@pytest.fixture(scope="module")
def own(theirs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Networks built and trained here."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copy(theirs / "data.npz", folder)
    given = feed(theirs)
    for name, net in nets().items():
        with tf.Graph().as_default() as graph, tf.Session() as sess:
            tf.set_random_seed(1)
            x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
            y = tf.placeholder(tf.int64, [None], name="y")
            logits = net(x)
            tf.nn.softmax(logits, name="prob")
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits), name="loss")
            step = tf.train.AdamOptimizer(0.01).minimize(loss)
            tf.add_to_collection("train_op", step)
            saver = tf.train.Saver()
            sess.run(tf.global_variables_initializer())
            sess.run(step, given)
            write(sess, saver, graph, folder / name)
            save_answers(sess, step, given, folder / name)
    return folder


@pytest.mark.parametrize("folder", ["ours", "own"])
@pytest.mark.parametrize("version", ["1.15", "2.21"])
def test_our_files_run_there(request: pytest.FixtureRequest, folder: str, version: str) -> None:
    made: Path = request.getfixturevalue(folder)
    python = OLD if version == "1.15" else os.environ.get(VARIABLE)
    if not python:
        pytest.skip(f"{VARIABLE} names no interpreter that has TensorFlow")
    found = json.loads(run(python, "graph_back.py", made).splitlines()[-1])
    assert len(found) == 3 * len([p for p in made.iterdir() if p.is_dir()])
    wrong = []
    for key, answer in found.items():
        wanted = json.loads((made / key.split("/")[0] / "answers.json").read_text())
        if key in WRITES_IN_BRANCHES:
            assert "error" in answer
        elif "error" in answer:
            wrong.append(f"{key}: {answer['error']}")
        else:
            wrong += [f"{key}: {what} {answer[what]} for {wanted[what]}" for what in answer
                      if not np.allclose(answer[what], wanted[what], rtol=1e-4, atol=1e-5)]
    assert not wrong, "\n".join(wrong)


WRITES_IN_BRANCHES = {"resources/saved_model", "resources/model"}
"""TensorFlow's functions cannot write variables that are no resources, and here none is."""
