"""SavedModels of graphs: written, loaded, described."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.recorded_graphs import answers, feed, unpacked

import hornbeam.v1 as tf

saved_model = tf.saved_model


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def net():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", initializer=[[1.0], [2.0]])
    return x, tf.matmul(x, w, name="y")


def test_simple_save_is_loaded_by_its_signature(tmp_path: Path) -> None:
    x, y = net()
    folder = tmp_path / "model"
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        saved_model.simple_save(sess, str(folder), {"given": x}, {"found": y})
        with pytest.raises(AssertionError, match="already exists, and isn't empty"):
            saved_model.simple_save(sess, str(folder), {"given": x}, {"found": y})
    assert saved_model.loader.maybe_saved_model_directory(str(folder))
    assert saved_model.contains_saved_model(str(folder))
    for scope in (None, "served"):
        with tf.Graph().as_default(), tf.Session() as sess:
            message = saved_model.loader.load(sess, [saved_model.tag_constants.SERVING], str(folder), scope)
            signature = message.signature_def[saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY]
            assert signature.method_name == "tensorflow/serving/predict"
            get = saved_model.utils.get_tensor_from_tensor_info
            given = get(signature.inputs["given"], sess.graph, scope)
            found = get(signature.outputs["found"], sess.graph, scope)
            assert given.shape.as_list() == [None, 2]
            assert sess.run(found, {given: [[1.0, 1.0]]}).tolist() == [[3.0]]


def test_tensorflows_are_loaded(tmp_path: Path) -> None:
    folder = unpacked(tmp_path)
    with tf.Session() as sess:
        saved_model.load(sess, ["serve"], str(folder / "branches" / "saved_model"))
        found = sess.run("prob:0", {"x:0": feed(folder)["x:0"]})
    np.testing.assert_allclose(found, answers(folder, "branches")["prob"], atol=1e-6)


@pytest.mark.parametrize("as_text", [False, True])
def test_a_builder_writes_graphs_under_tags_with_assets(tmp_path: Path, as_text: bool) -> None:
    words = tmp_path / "words.txt"
    words.write_text("one\ntwo\n")
    x, y = net()
    path = tf.constant(str(words), name="path")
    tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, path)
    content = tf.Variable("", trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="content")
    init = tf.assign(content, tf.read_file(path)).op
    signature = saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        builder = saved_model.builder.SavedModelBuilder(str(tmp_path / "model"))
        with pytest.raises(AssertionError, match="has not been saved yet"):
            builder.add_meta_graph(["other"])
        builder.add_meta_graph_and_variables(sess, ["train", "gpu"], {"sign": signature}, main_op=init,
                                             assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS))
        with pytest.raises(AssertionError, match="has already been saved"):
            builder.add_meta_graph_and_variables(sess, ["serve"])
    with tf.Graph().as_default():
        _, again = net()
        tf.multiply(again, 10.0, name="ten")
        builder.add_meta_graph(["serve"])
    written = builder.save(as_text=as_text)
    assert written.decode().endswith("saved_model.pbtxt" if as_text else "saved_model.pb")
    words.unlink()
    with tf.Graph().as_default(), tf.Session() as sess:
        saved_model.load(sess, {"gpu", "train"}, str(tmp_path / "model"))
        assert sess.run("content:0") == b"one\ntwo\n"
    with tf.Graph().as_default(), tf.Session() as sess:
        saved_model.load(sess, ["serve"], str(tmp_path / "model"))
        assert sess.run("ten:0", {"x:0": [[1.0, 0.0]]}).tolist() == [[10.0]]
        with pytest.raises(RuntimeError, match="'nope' could not be found in SavedModel"):
            saved_model.load(sess, ["nope"], str(tmp_path / "model"))


def test_what_is_no_saved_model_is_named(tmp_path: Path) -> None:
    with tf.Session() as sess, pytest.raises(OSError, match="SavedModel file does not exist at"):
        saved_model.load(sess, ["serve"], str(tmp_path))
    assert not saved_model.maybe_saved_model_directory(str(tmp_path))
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01\x12\xff\xff")
    with tf.Session() as sess, pytest.raises(OSError, match=r"Cannot parse file .*saved_model\.pb"):
        saved_model.load(sess, ["serve"], str(tmp_path))


def test_signatures(graph) -> None:
    utils = saved_model.signature_def_utils
    words, numbers = tf.placeholder(tf.string, [None], name="words"), tf.placeholder(tf.float32, [None], name="n")
    regression = utils.regression_signature_def(words, numbers)
    classification = utils.classification_signature_def(words, words, numbers)
    prediction = utils.predict_signature_def({"n": numbers}, {"w": words})
    assert all(utils.is_valid_signature(s) for s in (regression, classification, prediction))
    assert set(classification.outputs) == {"classes", "scores"}
    assert not utils.is_valid_signature(utils.build_signature_def({}, {}, "other"))
    for call, text in (
            (lambda: utils.predict_signature_def({}, {"w": words}), "Prediction inputs cannot be None or empty"),
            (lambda: utils.predict_signature_def({"w": words}, None), "Prediction outputs cannot be None or empty"),
            (lambda: utils.regression_signature_def(None, numbers), "Regression examples cannot be None"),
            (lambda: utils.regression_signature_def(numbers, numbers), "Regression examples must be a string Tensor"),
            (lambda: utils.classification_signature_def(words, None, None), "cannot both be None"),
            (lambda: utils.classification_signature_def(words, words, words), "scores must be a float Tensor")):
        with pytest.raises(ValueError, match=text):
            call()


def test_sparse_tensors_are_described_by_their_parts(graph) -> None:
    sparse = tf.sparse_placeholder(tf.int64, [2, 3], name="sparse")
    info = saved_model.build_tensor_info(sparse)
    assert info.coo_sparse.values_tensor_name == sparse.values.name
    again = saved_model.get_tensor_from_tensor_info(info)
    assert again.indices is sparse.indices
    with pytest.raises(ValueError, match="Invalid TensorInfo"):
        saved_model.get_tensor_from_tensor_info(type(info)())


def test_method_names_are_changed_in_the_file(tmp_path: Path) -> None:
    x, y = net()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        saved_model.simple_save(sess, str(tmp_path / "one"), {"x": x}, {"y": y})
    updater = saved_model.signature_def_utils.MethodNameUpdater(str(tmp_path / "one"))
    updater.replace_method_name("serving_default", "mine", tags="serve")
    with pytest.raises(ValueError, match="does not have a signature_def with key"):
        updater.replace_method_name("other", "mine")
    updater.save(str(tmp_path / "two"))
    with tf.Graph().as_default(), tf.Session() as sess:
        assert saved_model.load(sess, ["serve"], str(tmp_path / "two")).signature_def[
            "serving_default"].method_name == "mine"
