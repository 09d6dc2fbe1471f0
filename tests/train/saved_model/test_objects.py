"""SavedModels that TensorFlow 2.21 wrote, and signatures of TensorFlow 1's, as objects in eager code.

`module` is a module with variables (w = [[1], [2]], a list of them, a counter) and traced functions: `__call__` gives
x @ w * 3, `step` counts where `training`, `loop` adds up in a loop; `keras` is an exported model.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest
from tests.recorded_graphs import answers, feed, unpacked

import hornbeam as tf

ARCHIVE = Path(__file__).parents[2] / "golden" / "modules.tar.xz"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("modules")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(made, filter="data")
    return unpacked(made)


def test_a_module_comes_back_with_variables_and_functions(folder: Path) -> None:
    module = tf.saved_model.load(str(folder / "module"))
    x = tf.constant([[1.0, 2.0]])
    assert module.w.numpy().tolist() == [[1.0], [2.0]]
    assert [v.numpy() for v in module.parts] == [3.0, 4.0]
    assert [v.trainable for v in module.parts] == [True, False]
    assert module(x).numpy().tolist() == [[15.0]]
    assert module(np.array([[1, 2], [3, 4]], np.float32)).shape == [2, 1]
    assert module.count.numpy() == 5
    trained = module.step(x, training=True)
    assert trained["y"].numpy().tolist() == [[15.0]]
    assert int(trained["n"]) == 6
    assert module.step(x)["y"].numpy().tolist() == [[-15.0]]
    assert module.count.numpy() == 6
    total, constant = module.loop(tf.constant(4))
    assert float(total) == 14.0
    assert constant.numpy().tolist() == [10.0, 20.0]
    module.w.assign([[1.0], [1.0]])
    assert module(x).numpy().tolist() == [[9.0]]


def test_gradients_flow_through_its_functions(folder: Path) -> None:
    module = tf.saved_model.load(str(folder / "module"))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(module(tf.constant([[1.0, 2.0]])))
    of_w, of_scale = tape.gradient(loss, [module.w, module.parts[0]])
    assert of_w.numpy().tolist() == [[3.0], [6.0]]
    assert float(of_scale) == 5.0


def test_signatures_give_dictionaries(folder: Path) -> None:
    module = tf.saved_model.load(str(folder / "module"))
    assert sorted(module.signatures) == ["loop", "serving_default"]
    serve = module.signatures["serving_default"]
    assert serve(x=tf.constant([[1.0, 2.0]]))["output_0"].numpy().tolist() == [[15.0]]
    assert list(serve.structured_input_signature[1]) == ["x"]
    with pytest.raises(TypeError, match="takes the arguments x"):
        serve(y=tf.constant([[1.0, 2.0]]))


def test_calls_that_no_trace_fits_are_refused(folder: Path) -> None:
    module = tf.saved_model.load(str(folder / "module"))
    with pytest.raises(ValueError, match="Could not find matching concrete function"):
        module(tf.constant([1, 2]))
    with pytest.raises(ValueError, match="Could not find matching concrete function"):
        module.step(tf.constant([[1.0, 2.0, 3.0]]))


def test_an_exported_keras_model_is_called(folder: Path) -> None:
    model = tf.saved_model.load(str(folder / "keras"))
    x = np.arange(8, dtype=np.float32).reshape(2, 4)
    np.testing.assert_allclose(model.serve(x).numpy(), np.load(folder / "y.npy"), atol=1e-6)
    assert len(model.trainable_variables) == 6


@pytest.mark.parametrize("name", ["branches", "resources", "loops"])
def test_signatures_of_graphs_are_functions(folder: Path, name: str) -> None:
    model = tf.saved_model.load(str(folder / name / "saved_model"))
    serve = model.signatures["serving_default"]
    x = feed(folder)["x:0"]
    wanted = answers(folder, name)["prob"]
    np.testing.assert_allclose(serve(x=tf.constant(x))["prob"].numpy(), wanted, atol=1e-6)
    assert serve.structured_outputs["prob"].shape[1] == 5
    np.testing.assert_allclose(model.prune("x:0", "prob:0")(x).numpy(), wanted, atol=1e-6)


def test_what_is_no_saved_model_is_named(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(OSError, match="SavedModel file does not exist at"):
        tf.saved_model.load(str(tmp_path))
    with pytest.raises(RuntimeError, match="'other' could not be found in SavedModel"):
        tf.saved_model.load(str(folder / "module"), tags=["other"])


def test_assets_are_paths(tmp_path: Path) -> None:
    assert tf.saved_model.Asset(str(tmp_path)).asset_path.numpy() == str(tmp_path).encode()
