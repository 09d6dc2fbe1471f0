"""Over a thousand mutated GraphDefs, MetaGraphs and SavedModels, binary and text: errors that name the file."""

from __future__ import annotations

import pytest
from tests.fuzz.graph_files import Files

EACH = 150


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "model").mkdir()
    return Files(folder)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["branches.meta", "resources.meta", "branches.pb", "loops.pb", "dynamic_rnn.pb",
                                  "saved_model.pb", "saved_model.pbtxt", "text.meta"])
def test_mutated_files_are_refused_or_loaded(files: Files, kind: str) -> None:
    found = {seed: fault for seed in range(EACH) if (fault := files.fault(kind, seed))}
    assert not found, "\n".join(f"#{seed}: {fault}" for seed, fault in found.items())


def test_some_of_each_kind(files: Files) -> None:
    found = {(kind, seed): fault for kind in files.kinds() for seed in range(3)
             if (fault := files.fault(kind, seed + 10_000))}
    assert not found, found
