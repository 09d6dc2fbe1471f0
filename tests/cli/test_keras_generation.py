"""Programs of Keras 2's time are found by the names they use, and get its conventions."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hornbeam.cli.keras_generation import is_for_keras_2

KERAS_2 = ["from keras.layers.core import Dense", "import keras\nmodel.fit_generator(batches)",
           "from keras.layers import Dense\nDense(3, input_dim=4)",
           "from tensorflow.keras.optimizers import SGD\nSGD(lr=1)",
           "from tensorflow.python.keras.layers import Dense\nDense(1, input_shape=(2,))",
           "from keras.models import Sequential\nmodel.predict_classes(x)"]
OTHERS = ["from keras import ops, layers\nlayers.Dense(3)", "import keras\nkeras.Input((3,))", "print('no Keras')",
          "import os\nos.environ['KERAS_BACKEND'] = 'jax'\nimport keras",
          "import keras\nclass D(keras.utils.PyDataset): ...",
          "def broken(:", "import tensorflow as tf\ntf.train.GradientDescentOptimizer(lr=1)"]


@pytest.mark.parametrize("source", KERAS_2)
def test_programs_of_keras_2(source):
    assert is_for_keras_2(source)


@pytest.mark.parametrize("source", OTHERS)
def test_other_programs(source):
    assert not is_for_keras_2(source)


PROGRAM = """
import numpy as np
from keras import backend as K
from keras.layers import Conv2D, Dense, Input
from keras.models import Model
from keras.optimizers import Adadelta, Adam

x = Input((3,))
model = Model(inputs=x, outputs=[Dense(1, name="a")(x), Dense(1, name="b")(x)])
model.compile(Adam(lr=0.0), "mse", metrics={"a": "mae"})
data = np.ones((4, 3))
print(model.metrics_names)
first = model.train_on_batch(data, [np.zeros(4), np.zeros(4)])
again = model.train_on_batch(data, [np.full(4, 100.0), np.zeros(4)])
print(model.metrics_names, len(first) == 4, abs(first[0] - first[1] - first[2]) < 1e-5, again[3] > 50)
print(round(float(K.get_value(Adadelta().lr)), 3), Conv2D(2, 3, 3).kernel_size, len(model.predict(data)))
"""


def test_the_conventions_of_keras_2(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run([sys.executable, "-m", "hornbeam", "run", "program.py"], cwd=tmp_path, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["['loss', 'a_loss', 'b_loss', 'a_mae']",
                                        "['loss', 'a_loss', 'b_loss', 'a_mae'] True True True", "1.0 (3, 3) 2"]
