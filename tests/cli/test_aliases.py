"""In a program under `hornbeam run`, TensorFlow's modules are Hornbeam's, the same objects."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

HORNBEAM = [sys.executable, "-m", "hornbeam", "run"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a program in a folder where a `tensorflow` and a `keras` stand that must not be touched."""
    for name in ("tensorflow", "keras"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise SystemExit('the installed {name} was imported')")
        (tmp_path / name / "part.py").write_text(f"raise SystemExit('the installed {name} was imported')")

    def run(source: str, *options: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "program.py").write_text(source)
        return subprocess.run(
            [*HORNBEAM, *options, "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )

    return run


SAME = {
    "the first generation": ("1", "import tensorflow as tf, hornbeam.v1\nassert tf is hornbeam.v1"),
    "the second generation": ("2", "import tensorflow as tf, hornbeam\nassert tf is hornbeam"),
    "compat by name": (
        "2",
        "import tensorflow.compat.v1 as one, tensorflow.compat.v2 as two, hornbeam.v1\n"
        "assert one is hornbeam.v1 and two is hornbeam",
    ),
    "compat from": (
        "1",
        "from tensorflow.compat import v1, v2\nimport hornbeam.v1\nassert v1 is hornbeam.v1 and v2 is hornbeam",
    ),
    "compat by attribute": (
        "2",
        "import tensorflow as tf, hornbeam.v1\n"
        "assert tf.compat.v1 is hornbeam.v1 and tf.compat.v2 is hornbeam\n"
        "assert tf.compat.v1.compat.v1 is hornbeam.v1",
    ),
    "a part by name": ("1", "import tensorflow.nn as nn, hornbeam.v1\nassert nn is hornbeam.v1.nn"),
    "a part from": ("1", "from tensorflow import nn\nimport hornbeam.v1\nassert nn is hornbeam.v1.nn"),
    "a part of compat": (
        "2",
        "import tensorflow.compat.v1.nn as nn, hornbeam.v1\nassert nn is hornbeam.v1.nn",
    ),
    "a function from a part": (
        "1",
        "from tensorflow.nn import softmax\nimport hornbeam.v1\nassert softmax is hornbeam.v1.nn.softmax",
    ),
    "in sys.modules": (
        "1",
        "import tensorflow.nn, sys\n"
        "assert sys.modules['tensorflow'] is sys.modules['hornbeam.v1']\n"
        "assert sys.modules['tensorflow.nn'] is sys.modules['hornbeam.v1.nn']",
    ),
    "the tutorials": (
        "1",
        "from tensorflow.examples.tutorials.mnist import input_data\n"
        "import hornbeam.v1.examples.tutorials.mnist.input_data as ours\nassert input_data is ours",
    ),
    "the tutorials in the second generation": (
        "2",
        "import tensorflow.examples.tutorials.mnist.input_data as input_data\n"
        "from hornbeam.v1.examples.tutorials.mnist import input_data as ours\nassert input_data is ours",
    ),
    "a private module": (
        "1",
        "from tensorflow.python.framework import ops\nfrom tensorflow.python.ops.math_ops import matmul\n"
        "import hornbeam.v1\nassert ops.Session is hornbeam.v1.Session and matmul is hornbeam.v1.matmul",
    ),
    "timelines of traced runs": (
        "1",
        "import json\nimport tensorflow as tf\nfrom tensorflow.python.client import timeline\n"
        "metadata = tf.RunMetadata()\n"
        "options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)\n"
        "tf.Session().run(tf.constant(1.0) * 2.0, options=options, run_metadata=metadata)\n"
        "trace = timeline.Timeline(metadata.step_stats).generate_chrome_trace_format()\n"
        "assert [e['name'] for e in json.loads(trace)['traceEvents'] if e['ph'] == 'X'] == ['Const', 'Const', 'Mul']",
    ),
    "what a private module imports": (
        "1",
        "from tensorflow.python.ops.rnn import rnn_cell_impl\nfrom tensorflow.python.util import tf_inspect, nest\n"
        "import tensorflow as tf\nassert rnn_cell_impl.LSTMCell is tf.nn.rnn_cell.LSTMCell\n"
        "assert nest.is_sequence([1]) and tf_inspect.getargspec(lambda x: x).args == ['x']",
    ),
    "helpers of private modules": (
        "1",
        "import tensorflow as tf\n"
        "from tensorflow.python.framework import device_spec, function, ops, smart_cond, tensor_shape, tensor_util\n"
        "from tensorflow.python.ops import control_flow_util, gen_math_ops, gen_nn_ops, weights_broadcast_ops\n"
        "from tensorflow.python.eager import context\nfrom tensorflow.python.layers import utils\n"
        "from tensorflow.python.lib.io import file_io\nfrom tensorflow.python.util import function_utils\n"
        "from tensorflow.python.util.all_util import remove_undocumented\n"
        "from tensorflow.python.framework import op_def_registry\n"
        "known = op_def_registry.get_registered_ops()\n"
        "assert known['VarHandleOp'].is_stateful and known['Conv2D'].input_arg[1].name == 'filter'\n"
        "from tensorflow.python import tf2\n"
        "assert device_spec.DeviceSpecV1 is tf.DeviceSpec and not tf2.enabled()\n"
        "assert ops.prepend_name_scope('^w', 'tower') == '^tower/w' and ops.strip_name_scope('a/b', 'a') == 'b'\n"
        "assert tensor_util.constant_value(tf.constant(3)) == 3 and tensor_shape.unknown_shape(2).ndims == 2\n"
        "assert utils.convert_data_format('channels_first', 4) == 'NCHW'\n"
        "assert utils.normalize_tuple(2, 2, 'x') == (2, 2)\n"
        "assert smart_cond.smart_cond(True, lambda: 1, lambda: 2) == 1\n"
        "assert function_utils.fn_args(lambda x, y=1, *z: x) == ('x', 'y')\n"
        "file_io.write_string_to_file('f.txt', 'abc')\n"
        "assert file_io.file_exists('f.txt') and file_io.read_file_to_string('f.txt') == 'abc'\n"
        "x = tf.constant([[1.0, -2.0]])\n"
        "with context.eager_mode():\n    assert float(tf.add(1.0, 2.0)) == 3\n"
        "@function.Defun(tf.float32, python_grad_func=lambda op, dy: 3 * dy * op.inputs[0], func_name='Same')\n"
        "def same(x):\n    return tf.identity(x)\n"
        "weights = weights_broadcast_ops.broadcast_weights(2.0, x)\n"
        "relu6, product = gen_nn_ops.relu6(x), gen_math_ops.mat_mul(x, x, False, True, name='product')\n"
        "assert product.op.name == 'product'\n"
        "with tf.Session() as sess:\n"
        "    assert sess.run([tf.gradients(same(x), x)[0], relu6, product, weights][0]).tolist() == [[3.0, -6.0]]\n"
        "    assert sess.run(relu6).tolist() == [[1.0, 0.0]] and sess.run(product).tolist() == [[5.0]]\n"
        "    assert sess.run(weights).tolist() == [[2.0, 2.0]]",
    ),
    "contrib": (
        "1",
        "import tensorflow as tf, tensorflow.contrib.slim as slim\nfrom tensorflow.contrib import layers\n"
        "from tensorflow.contrib.layers.python.layers import utils, initializers\n"
        "from tensorflow.contrib.framework.python.ops import add_arg_scope\n"
        "from tensorflow.contrib.slim.python.slim.learning import train_step\n"
        "from tensorflow.python.training import moving_averages\nfrom tensorflow.python.layers.base import Layer\n"
        "assert slim is tf.contrib.slim and layers is tf.contrib.layers and utils.smart_cond\n"
        "assert initializers.xavier_initializer is layers.xavier_initializer and Layer is tf.layers.Layer\n"
        "assert add_arg_scope is tf.contrib.framework.add_arg_scope and moving_averages.assign_moving_average\n"
        "assert train_step is slim.learning.train_step",
    ),
    "messages": (
        "1",
        "from tensorflow.core.framework import graph_pb2\nimport tensorflow.core.protobuf.config_pb2 as config\n"
        "assert graph_pb2.GraphDef().node is not None and config.ConfigProto()",
    ),
    "found out": ("", "import tensorflow as tf, hornbeam.v1\ntf.Session\nassert tf is hornbeam.v1"),
    "what it says of itself": (
        "1",
        "import tensorflow as tf, importlib.util\n"
        "assert tf.__name__ == 'hornbeam.v1' == tf.__spec__.name\n"
        "assert importlib.util.find_spec('tensorflow') is tf.__spec__",
    ),
    "all names": ("1", "from tensorflow import *\nimport hornbeam.v1\nassert matmul is hornbeam.v1.matmul"),
    "in a thread": (
        "1",
        "import threading\ndef f():\n    import tensorflow.nn\n    print(tensorflow.nn.softmax)\n"
        "ts = [threading.Thread(target=f) for _ in range(4)]\n"
        "[t.start() for t in ts]\n[t.join() for t in ts]\n"
        "import tensorflow, hornbeam.v1\nassert tensorflow is hornbeam.v1",
    ),
}


@pytest.mark.parametrize(("generation", "source"), SAME.values(), ids=SAME.keys())
def test_same_module(run, generation, source):
    done = run(source, *(["--tf", generation] if generation else []))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("generation", "line"), [("1", "assert tf.__version__.startswith('1.')"),
                                                  ("2", "assert '2.0' <= tf.__version__ == tf.version.VERSION")])
def test_the_version_is_the_one_programs_ask_for(run, generation, line):
    done = run(f"import tensorflow as tf\n{line}\n", "--tf", generation)
    assert (done.returncode, done.stderr) == (0, "")


TF1_IN_TF2 = """import tensorflow as tf
with tf.compat.v1.name_scope(None, "a", [1.0]):
    assert (tf.ones([2]) + 1).numpy().tolist() == [2, 2]
with tf.compat.v1.variable_scope("s"):
    v = tf.compat.v1.get_variable("x", [2], initializer=tf.compat.v1.ones_initializer())
assert v.name == "s/x:0" and tf.executing_eagerly()
tf.compat.v1.train.GradientDescentOptimizer(0.5).minimize(lambda: tf.reduce_sum(v * v))
assert v.numpy().tolist() == [0, 0]
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    x = tf.compat.v1.placeholder(tf.float32)
    assert session.run(x + 1, {x: 2}) == 3
"""


def test_tf1s_functions_run_at_once_in_programs_of_tf2(run):
    done = run(TF1_IN_TF2)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "line", ["import tensorflow.part", "from tensorflow.part import x", "import tensorflow.compat.v3"]
)
def test_what_is_not_there_is_not_looked_for_elsewhere(run, tmp_path, line):
    done = run(f"print('before')\n{line}", "--tf", "1")
    module = line.split()[1]
    assert (done.returncode, done.stdout) == (1, "before\n")
    assert done.stderr.splitlines()[1:] == [
        f'  File "{tmp_path}/program.py", line 2, in <module>',
        f"    {line}",
        f"ModuleNotFoundError: No module named {module!r}: Hornbeam stands in for TensorFlow here and has none",
    ]


KERAS = """
import keras
from keras import layers
import tensorflow.keras as keras
from tensorflow import keras
from tensorflow.keras.layers import Dense
from tensorflow.compat.v1 import keras
from tensorflow.compat.v1.keras import layers
from tensorflow.python.keras.models import Sequential
"""


@pytest.mark.skipif(find_spec("hornbeam.keras") is not None, reason="Hornbeam has keras")
@pytest.mark.parametrize("generation", ["1", "2"])
def test_no_keras_yet(run, generation):
    source = (
        f"for line in {KERAS.split(chr(10))[1:-1]}:\n"
        "    try:\n        exec(line)\n    except ModuleNotFoundError as error:\n        print(error)"
    )
    done = run(f"{source}\nimport keras", "--tf", generation)
    assert done.stdout.splitlines() == ["Hornbeam has no keras yet"] * 8
    assert done.returncode == 1
    assert done.stderr.splitlines()[2:] == [
        "    import keras",
        "ModuleNotFoundError: Hornbeam has no keras yet",
    ]


def test_a_missing_name_of_a_private_module(run):
    done = run("from tensorflow.python.framework import ops\nops.no_such_thing", "--tf", "1")
    assert done.stderr.splitlines()[-1].startswith(
        "AttributeError: Hornbeam has no 'no_such_thing' for tensorflow.python.framework.ops"
    )


def test_elsewhere_tensorflow_is_untouched(run, tmp_path):
    run("import tensorflow", "--tf", "1")
    done = subprocess.run(
        [sys.executable, "-c", "import hornbeam.v1, hornbeam.cli.main, hornbeam.cli.aliases, tensorflow"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stderr == "the installed tensorflow was imported\n"


def test_modules_of_keras_2(run):
    done = run("""
import warnings
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    from keras.layers.convolutional import Conv2D, MaxPooling2D
    from keras.layers.advanced_activations import LeakyReLU
    from keras.engine.topology import Layer, Input
    from keras.utils import np_utils
    from tensorflow.contrib.keras.python.keras.layers import Dense
    from tensorflow.python.keras.layers.core import Dropout
    from keras.utils.vis_utils import plot_model
    import keras.objectives
for warning in seen:
    print(warning.message)
print(np_utils.to_categorical([1], 2), Conv2D.__name__, Layer.__name__, Dense.__name__, Dropout.__name__)
try:
    from keras.layers.convolutional import Conv9D
except ImportError as error:
    print(error)
""", "--tf", "2")
    lines = done.stdout.splitlines()
    assert lines[:5] == ["`keras.layers.convolutional` is now `keras.layers`.",
                         "`keras.layers.advanced_activations` is now `keras.layers`.",
                         "`keras.engine.topology` is now `keras.layers`.",
                         "`keras.layers.core` is now `keras.layers`.", "`keras.utils.vis_utils` is now `keras.utils`."]
    assert lines[5] == "[[0. 1.]] Conv2D Layer Dense Dropout"
    assert "Conv9D" in lines[6]
