"""Small TensorFlow 1 programs whose names, collections, static shapes and errors are compared.

Each gets `tf` and `show`, which keeps a line; `show.error(words, call)` keeps the class of the error that `call`
raises and whether its message has all the words.
"""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import numpy as np
from tests.oracle.shown import PROGRAMS, Shown, program, shown

__all__ = ["PROGRAMS", "shown"]

# Names ---------------------------------------------------------------------------------------------------


@program
def unique_names(tf: Any, show: Shown) -> None:
    show(tf.constant(1).name, tf.constant(2).name, tf.constant(1, name="x").name, tf.constant(1, name="x").name,
         tf.constant(1, name="X").name, tf.constant(1, name="x_1").name)
    with tf.name_scope("s") as scope:
        show(scope, tf.constant(1).name)
    with tf.name_scope("s") as scope:
        show(scope, tf.constant(1, name="c").name)
        with tf.name_scope("inner"):
            show(tf.constant(1, name="c").name)
    with tf.name_scope(scope):
        show(tf.constant(1, name="again").name)
    with tf.name_scope(None):
        show(tf.constant(1, name="top").name)
    show(tf.get_default_graph().unique_name("x"), tf.get_default_graph().unique_name("fresh", mark_as_used=False))


@program
def names_of_operators(tf: Any, show: Shown) -> None:
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    n = tf.placeholder(tf.int32, [2], name="n")
    p = tf.placeholder(tf.bool, [2], name="p")
    for made in (x + 1, x - 1.0, x * 2, x / 2, x // 2, x % 2, x ** 2, -x, abs(x), 1 + x, 1 - x, 2 * x, 1 / x, 2 ** x,
                 x @ x, x < 1, x <= 1, x > 1, x >= 1, n / 2, n // 2, n % 2, p & p, p | p, p ^ p, ~p):
        show(made.name, made.op.type, made.dtype, [i.name for i in made.op.inputs])
    show(x[0].name, x[:, 1].name, x[0, 1].name, x[..., None].name)
    show.graph(tf)


@program
def names_of_functions(tf: Any, show: Shown) -> None:
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    n = tf.placeholder(tf.int32, [None], name="n")
    made = [tf.add(x, 1.0), tf.subtract(x, x), tf.multiply(x, x), tf.divide(x, x), tf.matmul(x, x, transpose_b=True),
            tf.square(x), tf.sqrt(x), tf.exp(x), tf.log(x), tf.tanh(x), tf.sigmoid(x), tf.nn.relu(x), tf.nn.softmax(x),
            tf.nn.log_softmax(x), tf.nn.softplus(x), tf.nn.elu(x), tf.reduce_sum(x), tf.reduce_mean(x, 1),
            tf.reduce_max(x, 0), tf.reduce_any(x > 0), tf.reduce_logsumexp(x), tf.argmax(x, 1), tf.cast(x, tf.int32),
            tf.cast(x, tf.float32), tf.to_float(n), tf.equal(x, x), tf.maximum(x, 0.0), tf.pow(x, 2.0), tf.abs(x),
            tf.reshape(x, [-1]), tf.transpose(x), tf.shape(x), tf.size(x), tf.rank(x), tf.concat([x, x], 0),
            tf.stack([x, x]), tf.expand_dims(x, 0), tf.squeeze(tf.expand_dims(x, 0)), tf.one_hot(n, 3),
            tf.gather(x, n), tf.tile(x, [1, 2]), tf.zeros_like(x), tf.ones_like(x), tf.zeros([2]), tf.ones([2, 2]),
            tf.fill([2], 1.0), tf.range(3), tf.identity(x), tf.where(x > 0, x, x), tf.pad(x, [[1, 1], [0, 0]]),
            tf.clip_by_value(x, 0.0, 1.0), tf.add_n([x, x]), tf.stop_gradient(x), tf.nn.l2_loss(x),
            tf.random_normal([2]), tf.random_uniform([2]), tf.truncated_normal([2]), tf.nn.dropout(x, 0.5),
            tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=x),
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=n, logits=x),
            tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x), tf.nn.bias_add(x, tf.ones([4])),
            tf.split(x, 2, 1)[0], tf.unstack(x, axis=1)[0], tf.linspace(0.0, 1.0, 3), tf.cumsum(x)]
    for tensor in made:
        show(tensor.name, tensor.op.type, tensor.dtype, tensor.get_shape())


@program
def nodes_of_functions(tf: Any, show: Shown) -> None:
    x = tf.placeholder(tf.float32, [3, 4], name="x")
    tf.reduce_mean(x, name="mean")
    tf.add(x, 1.0, name="sum")
    tf.matmul(x, x, transpose_b=True, name="product")
    tf.one_hot([0, 1], 2, name="hot")
    tf.concat([x, x], 1, name="joined")
    tf.split(x, 2, 1, name="parts")
    tf.random_normal([2, 2], name="normal")
    tf.clip_by_value(x, 0.0, 1.0, name="clipped")
    tf.nn.dropout(x, keep_prob=0.5, name="dropped")
    show.graph(tf)


@program
def variable_names(tf: Any, show: Shown) -> None:
    show(tf.Variable(1.0).name, tf.Variable(1.0).name, tf.Variable(1.0, name="w").name)
    v = tf.Variable(tf.zeros([2]), name="v")
    show([op.name for op in tf.get_default_graph().get_operations() if op.name.startswith("v")])
    show(v.op.name, v.initializer.name, v.dtype.base_dtype, v.get_shape(), v.op.type in ("VariableV2", "VarHandleOp"))
    with tf.variable_scope("a"):
        show(tf.get_variable("w", [1]).name, tf.Variable(1.0, name="u").name, tf.constant(1, name="c").name)
        with tf.name_scope("n"):
            show(tf.get_variable("x", [1]).name, tf.constant(1, name="c").name)
    with tf.variable_scope("a", reuse=True):
        show(tf.get_variable("w", [1]).name, tf.constant(1, name="c").name)
    with tf.variable_scope(None, "dflt"):
        show(tf.get_variable("w", [1]).name)
    with tf.variable_scope(None, "dflt"):
        show(tf.get_variable("w", [1]).name)
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE) as scope:
        show(scope.name, scope.original_name_scope, tf.get_variable("w", [1]) is tf.get_variable("w", [1]))
    for name in ("variables", "trainable_variables"):
        show(name, [v.name for v in tf.get_collection(name)])


@program
def errors_of_variable_scope(tf: Any, show: Shown) -> None:
    tf.get_variable("w", [1])
    show.error("Variable w already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in "
               "VarScope? Originally defined at:", lambda: tf.get_variable("w", [1]))

    def missing() -> None:
        with tf.variable_scope("q", reuse=True):
            tf.get_variable("w", [1])

    def other_shape() -> None:
        with tf.variable_scope("", reuse=True):
            tf.get_variable("w", [2])

    show.error("Variable q/w does not exist, or was not created with tf.get_variable()", missing)
    show.error("Trying to share variable w, but specified shape (2,) and found shape (1,).", other_shape)


# Training --------------------------------------------------------------------------------------------------


def _loss(tf: Any) -> tuple[Any, Any, Any]:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.Variable(tf.ones([3, 2]), name="w")
    b = tf.Variable(tf.zeros([2]), name="b")
    return x, (w, b), tf.reduce_mean(tf.square(tf.matmul(x, w) + b), name="loss")


def _trained(tf: Any, show: Shown, optimizer: Any) -> None:
    x, variables, loss = _loss(tf)
    step = tf.train.get_or_create_global_step()
    train = optimizer.minimize(loss, global_step=step)
    show(train.name, [v.name for v in tf.global_variables()], [v.name for v in tf.trainable_variables()])
    show(sorted(optimizer.get_slot_names()), [n.name for n in (optimizer.get_slot(variables[0], s) for s in
                                                              sorted(optimizer.get_slot_names()))])
    feed = {x: np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(train, feed)
        show(session.run(list(tf.global_variables())))
        show(session.run([loss, step], feed))


@program
def gradient_descent(tf: Any, show: Shown) -> None:
    _trained(tf, show, tf.train.GradientDescentOptimizer(0.1))


@program
def momentum(tf: Any, show: Shown) -> None:
    _trained(tf, show, tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True))


@program
def adam(tf: Any, show: Shown) -> None:
    _trained(tf, show, tf.train.AdamOptimizer(0.1))


@program
def rmsprop(tf: Any, show: Shown) -> None:
    _trained(tf, show, tf.train.RMSPropOptimizer(0.1, momentum=0.5, centered=True))


@program
def adagrad(tf: Any, show: Shown) -> None:
    _trained(tf, show, tf.train.AdagradOptimizer(0.1))


@program
def adadelta(tf: Any, show: Shown) -> None:
    _trained(tf, show, tf.train.AdadeltaOptimizer(1.0))


@program
def ftrl(tf: Any, show: Shown) -> None:
    _trained(tf, show, tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01))


@program
def sparse_updates(tf: Any, show: Shown) -> None:
    for optimizer in (tf.train.GradientDescentOptimizer(0.1), tf.train.MomentumOptimizer(0.1, 0.9),
                      tf.train.AdagradOptimizer(0.1), tf.train.AdamOptimizer(0.1), tf.train.RMSPropOptimizer(0.1)):
        tf.reset_default_graph()
        table = tf.Variable(tf.ones([4, 2]), name="table")
        rows = tf.nn.embedding_lookup(table, [1, 1, 3])
        loss = tf.reduce_sum(tf.square(rows))
        grads = optimizer.compute_gradients(loss)
        show(type(grads[0][0]).__name__, grads[0][1].name)
        train = optimizer.apply_gradients(grads)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            session.run(train)
            show(session.run(table))


@program
def errors_of_optimizers(tf: Any, show: Shown) -> None:
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    c = tf.constant(1.0)
    show.error("No variables to optimize.", lambda: optimizer.minimize(c))
    v = tf.Variable(1.0)
    show.error("No gradients provided for any variable", lambda: optimizer.minimize(c, var_list=[v]))


@program
def schedules(tf: Any, show: Shown) -> None:
    step = tf.placeholder(tf.int32, [], name="step")
    rates = [tf.train.exponential_decay(0.1, step, 10, 0.5), tf.train.exponential_decay(0.1, step, 10, 0.5, True),
             tf.train.piecewise_constant(step, [5, 15], [1.0, 0.5, 0.1]), tf.train.polynomial_decay(0.1, step, 20),
             tf.train.inverse_time_decay(0.1, step, 10, 0.5), tf.train.cosine_decay(0.1, step, 20),
             tf.train.natural_exp_decay(0.1, step, 10, 0.5)]
    with tf.Session() as session:
        for at in (0, 5, 12, 30):
            show(session.run(rates, {step: at}))


# Gradients -------------------------------------------------------------------------------------------------


@program
def gradients(tf: Any, show: Shown) -> None:
    x = tf.constant([1.0, 2.0], name="x")
    y = tf.constant([3.0, 4.0], name="y")
    n = tf.cast(x, tf.int32)
    z = x * x * y
    show(tf.gradients(z, [x, y, n]), tf.gradients(tf.cast(n, tf.float32), x))
    found = [tf.gradients(z, x)[0], tf.gradients([z, x * 3], x)[0],
             tf.gradients(z, x, grad_ys=tf.constant([2.0, 0.5]))[0],
             tf.gradients(z, [x], stop_gradients=[y])[0], tf.gradients(tf.gradients(z, x)[0], x)[0],
             tf.gradients(y * 1.0, x, unconnected_gradients="zero")[0], tf.hessians(tf.reduce_sum(z), x)[0]]
    with tf.Session() as session:
        for value in session.run(found):
            show(value)


@program
def names_of_gradients(tf: Any, show: Shown) -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    show([t.name for t in tf.gradients(x * x, [x])])
    show([t.name for t in tf.gradients(tf.square(x), [x])])
    show(all(op.name.startswith(("gradients/", "gradients_1/")) for op in tf.get_default_graph().get_operations()
             if op.name not in ("x", "mul", "Square")))


@program
def sparse_gradients(tf: Any, show: Shown) -> None:
    table = tf.constant(np.arange(8, dtype=np.float32).reshape(4, 2))
    grad = tf.gradients(tf.gather(table, [1, 1, 3]), table)[0]
    show(type(grad).__name__)
    with tf.Session() as session:
        show(session.run([grad.values, grad.indices, grad.dense_shape, tf.convert_to_tensor(grad)]))


# Sessions ----------------------------------------------------------------------------------------------------


@program
def fetches(tf: Any, show: Shown) -> None:
    a, b = tf.constant(1.0, name="a"), tf.constant([1, 2], name="b")
    pair = collections.namedtuple("pair", "x y")
    op = tf.no_op(name="nothing")
    with tf.Session() as session:
        for fetch in (a, [a], (a, b), {"k": a, "l": [b, op]}, pair(a, b), op, "a:0", "nothing", [], [[]], [a, a]):
            found = session.run(fetch)
            show(type(found).__name__, found)
        show(type(session.run(a)).__name__, session.run(a, {a: 5.0}), session.run(a + 1, {a: 5}))
        show.error('Argument `fetch` = 3 has invalid type "int" must be a string or Tensor', lambda: session.run(3))
        show.error("None", lambda: session.run(None))
        show.error("The name 'zz:0' refers to a Tensor which does not exist", lambda: session.run("zz:0"))
        show.error("is not an element of this graph", lambda: session.run(_elsewhere(tf)))
    show.error("Attempted to use a closed Session.", lambda: session.run(a))


def _elsewhere(tf: Any) -> Any:
    with tf.Graph().as_default():
        return tf.constant(1)


@program
def feeds(tf: Any, show: Shown) -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    n = tf.placeholder(tf.int32, [], name="n")
    d = tf.placeholder_with_default(7, [], name="d")
    middle = tf.identity(n + 1, name="middle")
    with tf.Session() as session:
        show(session.run(middle, {n: 1.5}), session.run(middle * 2, {middle: 10}), session.run(middle, {"n:0": 3}))
        show(session.run(d), session.run(d, {d: 1}))
        show.error("Cannot feed value of shape (2, 4) for Tensor x:0, which has shape (?, 3)",
                   lambda: session.run(x, {x: np.zeros((2, 4))}))
        show.error("The value of a feed cannot be a tf.Tensor object", lambda: session.run(n, {n: middle}))
        show.error("You must feed a value for placeholder tensor 'x' with dtype float and shape [?,3]",
                   lambda: session.run(x + 1))
        show.error("", lambda: session.run(n, {n: "text"}))
        show.error("Cannot interpret feed_dict key as Tensor", lambda: session.run(n, {3: 1}))


@program
def uninitialized(tf: Any, show: Shown) -> None:
    v = tf.Variable(1.0, name="weights")
    with tf.Session() as session:
        show.error("Attempting to use uninitialized value weights", lambda: session.run(v))
        show(session.run(tf.report_uninitialized_variables()), session.run(tf.is_variable_initialized(v)))
        session.run(v.initializer)
        show(session.run(tf.report_uninitialized_variables()), session.run(v))


@program
def assignments(tf: Any, show: Shown) -> None:
    v = tf.Variable(1.0, name="v")
    w = tf.Variable([1.0, 2.0, 3.0], name="w")
    add = v.assign_add(2.0)
    with tf.control_dependencies([add]):
        after = tf.identity(v)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        show(session.run([add, after]), session.run(v), session.run(tf.assign(v, 9.0)),
             session.run(tf.assign_sub(v, 1.0)))
        v.load(4.0, session)
        show(session.run(v), v.eval(session))
        show(session.run(tf.scatter_update(w, [0, 2], [7.0, 8.0])), session.run(tf.scatter_add(w, [0, 0], [1.0, 1.0])))
        show(add.op.type in ("AssignAdd", "AssignAddVariableOp"), tf.assign(v, 1.0).dtype)
    show.error("", lambda: tf.assign(w, [1.0]))


@program
def initial_values_that_depend(tf: Any, show: Shown) -> None:
    a = tf.Variable(tf.constant(3.0), name="a")
    b = tf.Variable(a.initialized_value() * 2, name="b")
    c = tf.Variable(lambda: tf.constant([1, 2]), name="c")
    show(a.name, b.name, c.name, c.get_shape())
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        show(session.run([a, b, c]))


@program
def interactive_and_default(tf: Any, show: Shown) -> None:
    show.error("Cannot evaluate tensor using `eval()`: No default session is registered.",
               lambda: tf.constant(1).eval())
    session = tf.InteractiveSession()
    x = tf.constant(2) + 3
    show(x.eval(), tf.get_default_session() is session)
    v = tf.Variable(5)
    v.initializer.run()
    show(v.eval())
    session.close()


@program
def callables(tf: Any, show: Shown) -> None:
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    with tf.Session() as session:
        run = session.make_callable(x + y, [x, y])
        show(run(1.0, 2.0), run([1.0, 2.0], 3.0))


# Types and shapes --------------------------------------------------------------------------------------------


@program
def types(tf: Any, show: Shown) -> None:
    show([tf.constant(v).dtype for v in (1, 1.0, True, "s", 1j, np.float64(1), np.int64(1), [1, 2.0], np.uint8(3))])
    i, f = tf.constant([3, 4]), tf.constant([1.5, 2.5])
    show((i / 2).dtype, (i // 2).dtype, (f * np.float64(2)).dtype, (f + np.array([1.0, 2.0])).dtype, (f * 2).dtype)
    show.error("Input 'y' of 'AddV2' Op has type int32 that does not match type float32 of argument 'x'.",
               lambda: f + i)
    show.error("Input 'b' of 'MatMul' Op has type int32 that does not match type float32 of argument 'a'.",
               lambda: tf.matmul([[1.0]], tf.constant([[1]])))
    show.error("Expected int32", lambda: i * 2.5)
    show(tf.float32, tf.as_dtype("float32") == tf.float32, tf.float32.as_numpy_dtype, tf.int32.size, tf.string.name,
         repr(tf.float32), tf.int8.max, tf.float32.is_floating)


@program
def static_shapes(tf: Any, show: Shown) -> None:
    x = tf.placeholder(tf.float32, [None, 784])
    u = tf.placeholder(tf.float32)
    show(x.get_shape(), x.shape, u.get_shape(), x.get_shape().as_list(), x.shape[0], x.shape[1].value, x.shape.ndims)
    made = [tf.reshape(x, [-1, 28, 28, 1]), tf.matmul(x, tf.zeros([784, 10])), tf.concat([x, x], 1), x[0], x[:, :5],
            tf.transpose(x), tf.reduce_sum(x, 0), tf.expand_dims(x, -1), tf.shape(x), tf.reshape(x, tf.shape(x)),
            tf.zeros(tf.shape(x)), tf.zeros([tf.shape(x)[0], 3]), tf.stack([x, x]), tf.tile(x, [2, 1]),
            tf.nn.conv2d(tf.reshape(x, [-1, 28, 28, 1]), tf.zeros([5, 5, 1, 8]), [1, 2, 2, 1], "SAME"),
            tf.nn.max_pool(tf.reshape(x, [-1, 28, 28, 1]), [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), u + x, u + 1,
            tf.gather(x, [1, 2]), tf.one_hot([1, 2], 5), tf.range(4), tf.where(x > 0), tf.argmax(x, 1),
            tf.split(x, 2, 1)[0], tf.unstack(x, axis=1)[0], tf.squeeze(x[:, :1]), tf.pad(x, [[1, 2], [0, 0]]),
            tf.cast(x, tf.int32), tf.fill([tf.shape(x)[0], 2], 1.0), tf.random_normal([tf.shape(x)[0], 2])]
    for tensor in made:
        show(tensor.get_shape())
    u.set_shape([None, 3])
    show(u.get_shape())
    show.error("Shapes", lambda: u.set_shape([4, 5]))
    show(tf.TensorShape([None, 3]).merge_with([2, None]), tf.TensorShape(None), tf.TensorShape([2, 3]).num_elements(),
         tf.Dimension(None), tf.Dimension(3) + 1, tf.TensorShape([1, 2]).is_compatible_with([None, 2]))


@program
def errors_of_shapes(tf: Any, show: Shown) -> None:
    a, b = tf.zeros([2, 4]), tf.zeros([3, 4])
    show.error("Dimensions must be equal, but are 4 and 3…'{{node m}} = MatMul[…input shapes: [2,4], [3,4].",
               lambda: tf.matmul(a, b, name="m"))
    show.error("Dimensions must be equal, but are 2 and 3…'{{node add}} = AddV2[…input shapes: [2,4], [3,4].",
               lambda: a + b)
    show.error("Cannot reshape a tensor with 8 elements to shape [3,3] (9 elements)", lambda: tf.reshape(a, [3, 3]))
    show.error("Dimension 1 in both shapes must be equal, but are 4 and 5. Shapes are [2,4] and [2,5].",
               lambda: tf.stack([a, tf.zeros([2, 5])]))
    show.error("", lambda: tf.concat([a, tf.zeros([2, 5])], 0))
    show.error("Invalid reduction dimension", lambda: tf.reduce_sum(a, 5))
    show.error("", lambda: tf.squeeze(a, [0]))
    show.error("", lambda: tf.expand_dims(a, 7))
    show.error("", lambda: tf.transpose(a, [0, 1, 2]))
    show.error("", lambda: tf.nn.bias_add(a, tf.zeros([3])))
    show.error("", lambda: tf.split(a, 3, 0))
    show.error("slice index 9 of dimension 0 out of bounds", lambda: a[9])
    show.error("", lambda: tf.nn.softmax_cross_entropy_with_logits(labels=a, logits=b))
    show.error("", lambda: tf.nn.conv2d(tf.zeros([1, 4, 4, 3]), tf.zeros([2, 2, 5, 1]), [1, 1, 1, 1], "SAME"))


@program
def errors_at_run_time(tf: Any, show: Shown) -> None:
    x, y = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.float32, name="y")
    n, m = tf.placeholder(tf.int32, name="n"), tf.placeholder(tf.int32, name="m")
    table = tf.ones([4, 2])
    with tf.Session() as session:
        def run(fetch: Any, **fed: Any) -> Callable[[], Any]:
            feed = {{"x": x, "y": y, "n": n, "m": m}[k]: v for k, v in fed.items()}
            return lambda: session.run(fetch, feed)

        show.error("In[0]: [2,4], In[1]: [3,4]", run(tf.matmul(x, y, name="mm"), x=np.ones((2, 4)), y=np.ones((3, 4))))
        show.error("Incompatible shapes: [3] vs. [2]…node add", run(x + y, x=np.ones(3), y=np.ones(2)))
        show.error("indices[0] = 9 is not in [0, 4)", run(tf.gather(table, n), n=[9]))
        show.error("indices[0] = -1 is not in [0, 4)", run(tf.nn.embedding_lookup(table, n), n=[-1]))
        show.error("Integer division by zero", run(n // m, n=[1], m=[0]))
        show.error("ivision by zero", run(n % m, n=[1], m=[0]))
        show.error("Received a label value of 7 which is outside the valid range",
                   run(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=n, logits=x), n=[7], x=np.ones((1, 3))))
        show.error("bad log : Tensor had NaN values", run(tf.check_numerics(tf.log(x), "bad log"), x=[-1.0]))
        show.error("assertion failed: [bad value]…[3", run(_asserted(tf, n), n=3))
        show.error("nput to reshape is a tensor with 4 values, but the requested shape has 3",
                   run(tf.reshape(x, n), x=np.ones(4), n=[3]))
        show(session.run(x + y, {x: np.ones(3), y: 1.0}))


def _asserted(tf: Any, n: Any) -> Any:
    with tf.control_dependencies([tf.Assert(n < 2, ["bad value", n])]):
        return tf.identity(n)


@program
def python_traps(tf: Any, show: Shown) -> None:
    x = tf.constant([1, 2])
    show.error("as a Python `bool`", lambda: bool(x))
    show.error("", lambda: list(tf.placeholder(tf.float32)))
    show({x: 1}[x], x == x, x != tf.constant(1), x in [x])
    show.error("", lambda: len(tf.placeholder(tf.float32)))
    graph = tf.Graph()
    graph.finalize()

    def more() -> None:
        with graph.as_default():
            tf.constant(1)

    show.error("Graph is finalized and cannot be modified.", more)
    show(x, repr(x), x.op.name, x.graph is tf.get_default_graph(), x.value_index, x.device)
    show(tf.get_default_graph().get_tensor_by_name("Const:0") is x,
         tf.get_default_graph().get_operation_by_name("Const") is x.op,
         tf.get_default_graph().as_graph_element("Const:0") is x)
    show.error("The name 'nope:0' refers to a Tensor which does not exist. The operation, 'nope', does not exist in "
               "the graph.", lambda: tf.get_default_graph().get_tensor_by_name("nope:0"))


# Control flow ----------------------------------------------------------------------------------------------


@program
def branches(tf: Any, show: Shown) -> None:
    v = tf.Variable(0.0)
    p = tf.placeholder(tf.bool, [])
    outside = v.assign_add(5.0)
    out = tf.cond(p, lambda: tf.identity(outside), lambda: tf.constant(1.0))
    inside = tf.cond(p, lambda: v.assign_add(1.0), lambda: tf.constant(-1.0))
    chosen = tf.case([(p, lambda: tf.constant(1)), (tf.constant(True), lambda: tf.constant(2))],
                     default=lambda: tf.constant(3))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        show(session.run(out, {p: False}), session.run(v), session.run(inside, {p: False}), session.run(v))
        show(session.run(inside, {p: True}), session.run(v), session.run(chosen, {p: True}),
             session.run(chosen, {p: False}))
        x = tf.constant(3.0)
        grad = tf.gradients(tf.cond(p, lambda: x * x, lambda: x * 5), x)[0]
        show(session.run(grad, {p: True}), session.run(grad, {p: False}))


@program
def loops(tf: Any, show: Shown) -> None:
    i, total = tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + i), [tf.constant(0), tf.constant(0)])
    x = tf.constant(2.0)
    y = tf.while_loop(lambda k, a: k < 3, lambda k, a: (k + 1, a * x), [tf.constant(0), tf.constant(1.0)])[1]
    grad = tf.gradients(y, x)[0]
    mapped = tf.map_fn(lambda e: e * e, tf.constant([1.0, 2.0, 3.0]))
    scanned = tf.scan(lambda a, e: a + e, tf.constant([1.0, 2.0, 3.0]))
    folded = tf.foldl(lambda a, e: a * e, tf.constant([1.0, 2.0, 4.0]))
    with tf.Session() as session:
        show(session.run([i, total, y, grad, mapped, scanned, folded]))
    show(i.get_shape(), total.dtype, mapped.get_shape(), scanned.get_shape())
    show.error("shape_invariants", lambda: tf.while_loop(
        lambda a: tf.size(a) < 5, lambda a: (tf.concat([a, [1]], 0),), [tf.constant([1])]))


@program
def dependencies(tf: Any, show: Shown) -> None:
    a = tf.constant(1, name="a")
    with tf.control_dependencies([a]):
        b = tf.constant(2, name="b")
        with tf.control_dependencies(None):
            c = tf.constant(3, name="c")
    show([op.name for op in b.op.control_inputs], c.op.control_inputs)
    group = tf.group(a, b)
    show(group.name, group.type, sorted(op.name for op in group.control_inputs), tf.group(name="none").name)
    show([t.name for t in tf.tuple([a, b])], tf.no_op().name)


# The rest ----------------------------------------------------------------------------------------------------


@program
def collections_(tf: Any, show: Shown) -> None:
    keys = tf.GraphKeys
    show([getattr(keys, k) for k in ("GLOBAL_VARIABLES", "LOCAL_VARIABLES", "TRAINABLE_VARIABLES", "LOSSES",
                                     "SUMMARIES", "UPDATE_OPS", "REGULARIZATION_LOSSES", "GLOBAL_STEP", "TRAIN_OP",
                                     "MODEL_VARIABLES", "MOVING_AVERAGE_VARIABLES", "WEIGHTS", "BIASES", "INIT_OP",
                                     "SAVERS", "TABLE_INITIALIZERS", "QUEUE_RUNNERS", "ACTIVATIONS")])
    tf.add_to_collection("mine", 1)
    tf.add_to_collection("mine", 2)
    show(tf.get_collection("mine"), tf.get_collection("nothing"), tf.get_collection_ref("mine"))
    with tf.variable_scope("a"):
        tf.get_variable("w", [1])
    tf.Variable(1.0, trainable=False, name="fixed")
    tf.Variable(1.0, collections=["local_variables"], name="local")
    show([v.name for v in tf.get_collection("variables", scope="a")], [v.name for v in tf.global_variables()],
         [v.name for v in tf.local_variables()], [v.name for v in tf.trainable_variables()],
         [v.name for v in tf.trainable_variables("a")])
    show(tf.train.create_global_step().name, tf.train.get_global_step().dtype.base_dtype, sorted(tf.get_default_graph()
                                                                              .get_all_collection_keys()))


@program
def seeds(tf: Any, show: Shown) -> None:
    tf.set_random_seed(1)
    for tensor in (tf.random_normal([2]), tf.random_normal([2], seed=5), tf.random_uniform([2])):
        node = next(op for op in tf.get_default_graph().get_operations()[::-1] if "seed" in op.node_def.attr)
        show(node.type, node.get_attr("seed"), node.get_attr("seed2"), tensor.get_shape())
    draw = tf.random_uniform([3])
    values = []
    for _ in range(2):
        with tf.Session() as session:
            values.append([session.run(draw), session.run(draw)])
    show((values[0][0] == values[1][0]).all(), (values[0][1] == values[1][1]).all(),
         (values[0][0] == values[0][1]).any())
    with tf.Session() as session:
        pair = session.run([draw, draw + 0])
        show((pair[0] == pair[1]).all())


@program
def old_arguments(tf: Any, show: Shown) -> None:
    x = tf.constant([[1.0, 2.0], [3.0, 5.0]])
    made = [tf.reduce_sum(x, reduction_indices=[1]), tf.reduce_sum(x, reduction_indices=1, keep_dims=True),
            tf.reduce_mean(x, axis=0, keepdims=True), tf.argmax(x, dimension=1), tf.expand_dims(x, dim=0),
            tf.squeeze(tf.expand_dims(x, 0), squeeze_dims=[0]), tf.nn.softmax(x, dim=0),
            tf.nn.dropout(x, keep_prob=1.0),
            tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=x, dim=-1), tf.nn.l2_normalize(x, dim=1),
            tf.to_int32(x), tf.div(x, 2.0), tf.count_nonzero(x, keep_dims=True), tf.norm(x, keep_dims=True)]
    with tf.Session() as session:
        for value in session.run(made):
            show(value)
    show.error("", lambda: tf.reduce_sum(x, axis=0, reduction_indices=1))


@program
def graph_defs(tf: Any, show: Shown) -> None:
    a = tf.placeholder(tf.float32, [None, 2], name="a")
    tf.identity(tf.matmul(a, tf.constant([[1.0], [2.0]], name="w"), name="product"), name="out")
    definition = tf.get_default_graph().as_graph_def()
    show([(n.name, n.op, list(n.input)) for n in definition.node])
    show(sorted(definition.node[2].attr), definition.node[0].attr["dtype"].type)
    with tf.Graph().as_default() as graph:
        out = tf.import_graph_def(definition, return_elements=["out:0", "product"])
        show([op.name for op in graph.get_operations()], [o.name for o in out])
        mapped, = tf.import_graph_def(definition, input_map={"a:0": tf.ones([3, 2])}, return_elements=["out:0"],
                                      name="again")
        with tf.Session() as session:
            show(session.run(mapped), mapped.get_shape())


@program
def python_functions(tf: Any, show: Shown) -> None:
    x = tf.constant([1.0, 2.0])
    out = tf.py_func(lambda v: (v * 2).astype(np.float32), [x], tf.float32)
    show(out.get_shape(), out.dtype)

    def broken(v: Any) -> Any:
        raise ValueError("no such value")

    bad = tf.py_func(broken, [x], tf.float32)
    with tf.Session() as session:
        show(session.run(out))
        show.error("no such value", lambda: session.run(bad))


@program
def clipping_and_averages(tf: Any, show: Shown) -> None:
    grads = [tf.constant([3.0, 4.0]), tf.constant([[12.0]])]
    clipped, norm = tf.clip_by_global_norm(grads, 6.5)
    v = tf.Variable(1.0, name="v")
    average = tf.train.ExponentialMovingAverage(0.9)
    update = average.apply([v])
    show([x.name for x in tf.global_variables()], average.average_name(v), update.name)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        show(session.run([clipped, norm, tf.clip_by_norm(grads[0], 1.0)]))
        session.run(v.assign(5.0))
        session.run(update)
        show(session.run(average.average(v)))


@program
def devices(tf: Any, show: Shown) -> None:
    with tf.device("/cpu:0"):
        a = tf.constant(1.0, name="a")
    with tf.device("/gpu:0"):
        b = tf.constant(1.0, name="b")
        with tf.device(None):
            c = tf.constant(1.0, name="c")
    show(a.device, b.device, c.device)
    with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as session:
        show(session.run([a, b, c]))
