"""Objects that `saved_model.save` writes come back with variables, functions, signatures and assets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.oracle import saved_object_peer as peer

import hornbeam as tf
import hornbeam.v1 as v1

WANTED = Path(__file__).parents[2] / "golden" / "saved_object.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = str(tmp_path_factory.mktemp("saved") / "module")
    peer.write(tf, made)
    return made


def test_what_was_saved_does_what_it_does_in_tensorflow(folder: str) -> None:
    assert json.loads(json.dumps(peer.read(tf, v1, folder))) == json.loads(WANTED.read_text())


def test_what_was_loaded_can_be_saved_again(folder: str, tmp_path: Path) -> None:
    loaded = tf.saved_model.load(folder)
    tf.saved_model.save(loaded, str(tmp_path / "again"), {"serving_default": loaded.signatures["serving_default"]})
    again = tf.saved_model.load(str(tmp_path / "again"))
    assert again.inner(tf.constant(peer.X)).numpy().tolist() == [[7.0, 10.0]]
    assert again.branches(tf.constant(-peer.X), training=True)["y"].numpy().tolist() == [[100.0, 102.0]]
    assert again.signatures["serving_default"](a=peer.X, b=peer.X)["sum"].numpy() == 6.0


def test_what_cannot_be_saved_is_refused(tmp_path: Path) -> None:
    class Other(tf.Module):
        pass

    with pytest.raises(ValueError, match="Expected an object of type `Trackable`"):
        tf.saved_model.save(3, str(tmp_path / "a"))  # type: ignore[arg-type]
    elsewhere = tf.Variable(1.0)
    module: Any = Other()
    module.f = tf.function(lambda x: x + elsewhere, input_signature=[tf.TensorSpec([], tf.float32)])
    with pytest.raises(AssertionError, match="untracked"):
        tf.saved_model.save(module, str(tmp_path / "b"))
    module.v = elsewhere
    with pytest.raises(ValueError, match="Expected a TensorFlow function"):
        tf.saved_model.save(module, str(tmp_path / "c"), lambda x: x)
    module.g = tf.function(lambda x: {"a": [x]}, input_signature=[tf.TensorSpec([], tf.float32)])
    with pytest.raises(ValueError, match="must give a tensor"):
        tf.saved_model.save(module, str(tmp_path / "d"), module.g)
    assert not list(tmp_path.iterdir())


def test_one_function_is_the_default_signature(tmp_path: Path) -> None:
    class Pair(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.int32, name="x")])
        def f(self, x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return x + 1, x * 2

    module = Pair()
    tf.saved_model.save(module, str(tmp_path / "m"), module.f, tf.saved_model.SaveOptions(extra_tags=["more"]))
    held = tf.saved_model.load(str(tmp_path / "m"), ["serve", "more"]).signatures["serving_default"]
    found = held(x=np.array([1, 2], np.int32))
    assert {k: v.numpy().tolist() for k, v in found.items()} == {"output_0": [2, 3], "output_1": [2, 4]}


def test_damaged_objects_are_refused_by_name(folder: str, tmp_path: Path) -> None:
    from hornbeam.graph.messages.saved_model_pb2 import SavedModel
    held = SavedModel.FromString((Path(folder) / "saved_model.pb").read_bytes())
    held.meta_graphs[0].object_graph_def.nodes[0].children[0].node_id = 1000
    (tmp_path / "saved_model.pb").write_bytes(held.SerializeToString())
    with pytest.raises(ValueError, match=str(tmp_path)):
        tf.saved_model.load(str(tmp_path), options=tf.saved_model.LoadOptions(experimental_skip_checkpoint=True))
