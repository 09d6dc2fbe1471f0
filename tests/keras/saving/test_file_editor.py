"""Weights are looked at, moved, added and taken away in their file."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from hornbeam import keras

FOLDER = Path(__file__).parents[2] / "golden" / "keras_models"


def test_weights_move_from_one_layer_to_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = keras.models.load_model(FOLDER / "row.keras", compile=False)
    editor = keras.saving.KerasFileEditor(FOLDER / "row.keras")
    assert editor.metadata["keras_version"] == "3.15.1"
    assert editor.compare(model) == {"status": "success", "error_count": 0, "match_count": 4}
    editor.rename_object("layers/dense", "dense_9")
    editor.delete_object("layers/dense_1")
    editor.add_object("layers/dense", {"0": np.ones((4, 3))})
    editor.add_weights("dense", {"1": np.zeros(3)})
    assert editor.compare(model) == {"status": "error", "error_count": 2, "match_count": 2}
    editor.rename_object("dense_9", "dense_1")
    editor.delete_weight("dense_1", "1")
    editor.add_weights("dense_1", {"0": np.full((3, 2), 2.0), "1": np.ones(2)})
    editor.save(tmp_path / "edited.weights.h5")
    model.load_weights(tmp_path / "edited.weights.h5")
    assert [w.tolist() for w in model.get_weights()] == [[[1] * 3] * 4, [0] * 3, [[2] * 2] * 3, [1] * 2]
    editor.summary()
    assert "0: shape=(4, 3), dtype=float64" in capsys.readouterr().out


def test_what_is_not_there_is_said() -> None:
    editor = keras.saving.KerasFileEditor(FOLDER / "row.weights.h5")
    assert editor.config is None
    for change, words in ((lambda: editor.delete_object("nope"), "does not appear in the model"),
                          (lambda: editor.delete_object("layers/nope"), "Path 'layers/nope' not found"),
                          (lambda: editor.delete_weight("dense", "7"), "Weight 7 not found"),
                          (lambda: editor.add_object("no/where", {}), "Path 'no' not found"),
                          (lambda: editor.add_weights("dense", [1]), "should be a dict"),
                          (lambda: editor.rename_object("dense", "a/b"), "should be a leaf name"),
                          (lambda: editor.save("x.h5"), "expected a `.weights.h5` extension")):
        with pytest.raises(ValueError, match=words):
            change()
    with pytest.raises(ValueError, match="Invalid filename"):
        keras.saving.KerasFileEditor("x.npz")


def test_links_to_groups_are_refused(tmp_path: Path) -> None:
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(5)]).save_weights(tmp_path / "own.weights.h5")
    for link in (h5py.ExternalLink(str(tmp_path / "own.weights.h5"), "/layers"), h5py.SoftLink("/others")):
        with h5py.File(tmp_path / "links.weights.h5", "w") as file:
            file.create_group("others")
            file["layers"] = link
        with pytest.raises(ValueError, match=type(link).__name__):
            keras.saving.KerasFileEditor(tmp_path / "links.weights.h5")
