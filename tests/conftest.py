"""What all tests share: where MNIST's files are, and a way to Hornbeam that holds in every folder."""

import os
import signal
from pathlib import Path

import pytest

DATA = Path(os.environ.get("HORNBEAM_DATA") or Path(__file__).parents[2] / "shared" / "data")

if paths := os.environ.get("PYTHONPATH"):  # tests start programs in other folders
    os.environ["PYTHONPATH"] = os.pathsep.join(str(Path(path).absolute()) for path in paths.split(os.pathsep))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs in the background so
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Programs, which test_programs.py runs, and scripts that an installed TensorFlow runs.
collect_ignore = ["keras/programs", "v1/programs", "oracle/estimator_peer.py", "oracle/graph_back.py",
                  "oracle/graph_nets.py", "v1/rnn/cases.py", "v1/rnn/sequence_cases.py"]


@pytest.fixture(scope="session")
def mnist_folder() -> Path:
    """The folder with MNIST's four files, packed."""
    for folder in (DATA, DATA / "mnist"):
        if (folder / "train-images-idx3-ubyte.gz").is_file():
            return folder
    pytest.skip(f"MNIST's files are not in {DATA}: set HORNBEAM_DATA to the folder that has them")
