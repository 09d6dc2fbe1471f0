"""The generation of a program is found from the names it uses, by whatever alias it uses them."""

import pytest

from hornbeam.cli import generation_names as only
from hornbeam.cli.generation import generation_of

FIRST = {
    "a name": "import tensorflow as tf\nx = tf.placeholder(tf.float32)",
    "any alias": "import tensorflow as T\nT.Session()",
    "no alias": "import tensorflow\ntensorflow.Session()",
    "a name imported": "from tensorflow import Session",
    "a name imported under another": "from tensorflow import train as t\nt.AdamOptimizer()",
    "a module below": "import tensorflow.contrib.slim as slim",
    "a module imported from": "from tensorflow.contrib import rnn",
    "the tutorials": "from tensorflow.examples.tutorials.mnist import input_data",
    "everything imported": "from tensorflow import *\nx = placeholder(float32)",
    "another name for it": "import tensorflow\ntf = tensorflow\ntf.get_variable('w', [])",
    "another name for a part": "import tensorflow as tf\nlayers = tf.layers\nlayers.dense(x, 3)",
    "an old argument": "import tensorflow as tf\ntf.nn.dropout(x, keep_prob=0.5)",
    "another old argument": "import tensorflow as tf\ntf.reduce_sum(x, reduction_indices=[1])",
    "a name gone before 1.0": "import tensorflow as tf\ntf.mul(a, b)",
    "within a function": "def main():\n    import tensorflow as tf\n    return tf.app.run()",
    "eager in the first": "import tensorflow as tf\ntf.enable_eager_execution()\ntf.GradientTape()",
    "graphs asked for": "import tensorflow as tf\ntf.compat.v1.disable_eager_execution()",
    "estimators": "import tensorflow as tf\ntf.estimator.Estimator(lambda: tf.compat.v1.train.get_global_step())",
    "a private module": "from tensorflow.python.framework import ops\nops.reset_default_graph()",
    "whichever import works": (
        "try:\n    import tensorflow.compat.v1 as tf\nexcept ImportError:\n    import tensorflow as tf\ntf.Session()"
    ),
}
SECOND = {
    "a name": "import tensorflow as tf\ntf.random.set_seed(1)",
    "a class of Keras's": "import tensorflow as tf\ntf.optimizers.Adam()",
    "a new argument": "import tensorflow as tf\ntf.summary.scalar('a', data=1.0, step=2)",
    "nothing that says": "import tensorflow as tf\nprint(tf.constant(1) + 1)",
    "no TensorFlow": "placeholder = Session = 1",
    "the same words elsewhere": "import tensorflow as tf\nimport other\nother.placeholder(other.Session)",
    "the same words in text": "import tensorflow as tf\n'tf.placeholder'  # tf.Session",
    "the first one by its own name": "import tensorflow as tf\ntf.compat.v1.Session()",
    "the first one under its alias": "import tensorflow.compat.v1 as tf1\ntf1.placeholder(tf1.float32)",
    "as much of both": "import tensorflow as tf\ntf.Session if old else tf.random.set_seed",
    "no Python": "import tensorflow as tf\ntf.Session(",
}


@pytest.mark.parametrize("source", FIRST.values(), ids=FIRST.keys())
def test_first(source, tmp_path):
    assert generation_of(source, tmp_path) == 1


@pytest.mark.parametrize("source", SECOND.values(), ids=SECOND.keys())
def test_second(source, tmp_path):
    assert generation_of(source, tmp_path) == 2


def test_a_silent_program_is_judged_by_the_modules_beside_it(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "__init__.py").write_text("from net import build")
    (tmp_path / "net" / "build.py").write_text("import tensorflow as tf\ntf.placeholder(tf.float32)")
    assert generation_of("from net import build\nbuild.run()", tmp_path) == 1
    assert generation_of("import net.build", tmp_path) == 1
    assert generation_of("import os", tmp_path) == 2


def test_a_program_that_says_something_is_not_judged_by_others(tmp_path):
    (tmp_path / "old.py").write_text("import tensorflow as tf\ntf.Session, tf.placeholder")
    assert generation_of("import tensorflow as tf, old\ntf.random.set_seed(1)", tmp_path) == 2


@pytest.mark.parametrize("line", ["from common import *", "from common import tf"])
def test_names_that_come_through_another_module(tmp_path, line):
    (tmp_path / "common.py").write_text("import tensorflow as tf")
    assert generation_of(f"{line}\ntf.Session()", tmp_path) == 1


def test_modules_that_import_each_other(tmp_path):
    (tmp_path / "a.py").write_text("from b import *")
    (tmp_path / "b.py").write_text("from a import *\nimport tensorflow as tf\ntf.Session()")
    assert generation_of("import a", tmp_path) == 1


def test_the_sets_have_nothing_in_common():
    assert not only.FIRST & only.SECOND
    assert not only.FIRST_ARGUMENTS & only.SECOND_ARGUMENTS
    assert {"placeholder", "Session", "contrib", "layers", "train.AdamOptimizer"} <= only.FIRST
    assert {"optimizers", "random.set_seed", "summary.create_file_writer"} <= only.SECOND
