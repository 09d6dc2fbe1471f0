"""Small programs of `tf.layers` and `contrib.layers`, whose names TensorFlow 1.15.5 was asked for.

Run by a Python that has TensorFlow 1.15.5, this file writes `names.json`: for each program the variables, the
collections and the operations.
"""

import json
import os

PROGRAMS = {}


def program(function):
    """A program: it builds in the default graph of the module it is given."""
    PROGRAMS[function.__name__] = function
    return function


@program
def dense(tf):
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    y = tf.layers.dense(x, 4, activation=tf.nn.relu)
    z = tf.layers.dense(y, 3, name="out", kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1),
                        activity_regularizer=tf.contrib.layers.l1_regularizer(0.2))
    with tf.variable_scope("s", initializer=tf.zeros_initializer()):
        tf.layers.dense(z, 3)
        tf.layers.dense(z, 3, use_bias=False)
    with tf.variable_scope("s", reuse=True):
        tf.layers.dense(z, 3)
    tf.layers.dense(y, 3, name="out", reuse=True)
    with tf.variable_scope("s2", regularizer=tf.contrib.layers.l1_regularizer(0.3)):
        layer = tf.layers.Dense(7, activation=tf.nn.tanh, name="twice")
        layer(z)
        layer.apply(z)


@program
def convolutions(tf):
    x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
    y = tf.layers.conv2d(x, 4, 3, activation=tf.nn.relu)
    y = tf.layers.conv2d(y, 4, [3, 3], padding="same", strides=2, use_bias=False)
    y = tf.layers.conv2d_transpose(y, 4, 3, strides=2, padding="same")
    y = tf.layers.conv2d_transpose(y, 4, 3, activation=tf.nn.tanh)
    y = tf.layers.separable_conv2d(y, 4, 3)
    y = tf.layers.max_pooling2d(y, 2, 2)
    y = tf.layers.average_pooling2d(y, 2, 2, padding="same")
    y = tf.layers.flatten(y)
    tf.layers.dropout(y, 0.3, training=tf.placeholder(tf.bool, name="p"))
    tf.layers.dropout(y, 0.3)
    s = tf.placeholder(tf.float32, [None, 8, 3], name="x")
    tf.layers.conv1d(s, 4, 3, padding="causal")
    tf.layers.separable_conv1d(s, 4, 3, depth_multiplier=2)
    tf.layers.max_pooling1d(s, 2, 2)
    v = tf.placeholder(tf.float32, [None, 8, 8, 8, 3], name="x")
    tf.layers.conv3d(v, 4, 3, activation=tf.nn.relu)
    tf.layers.conv3d_transpose(v, 4, 3, strides=2, activation=tf.nn.relu)
    tf.layers.average_pooling3d(v, 2, 2)


@program
def batch_normalization(tf):
    x = tf.placeholder(tf.float32, [None, 8], name="x")
    p = tf.placeholder(tf.bool, name="p")
    tf.layers.batch_normalization(x, training=True)
    tf.layers.batch_normalization(x, training=p)
    tf.layers.batch_normalization(x)
    x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
    tf.layers.batch_normalization(x, training=True)
    tf.layers.batch_normalization(x, training=p, scale=False, center=False)
    tf.layers.batch_normalization(x, training=p, name="bb", trainable=False)
    tf.layers.batch_normalization(x, training=True, name="bb", reuse=True)
    tf.layers.batch_normalization(x, training=True, renorm=True)
    tf.layers.batch_normalization(tf.placeholder(tf.float32, [8, 4, 4, 2]), training=True, virtual_batch_size=4)
    layer = tf.layers.BatchNormalization(name="twice")
    layer(x, training=True)
    layer(x, training=False)
    layer(x, training=True)


@program
def scopes(tf):
    x = tf.placeholder(tf.float32, [None, 8], name="x")
    for _ in range(2):
        with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
            h = tf.layers.dense(x, 4, name="a")
            h = tf.layers.dense(h, 4)
            h = tf.layers.batch_normalization(h, training=True)
    with tf.name_scope("tower"):
        h = tf.layers.dense(h, 4)
        with tf.variable_scope("in"):
            h = tf.layers.dense(h, 4)
    with tf.variable_scope("net2") as scope:
        h = tf.layers.dense(h, 4)
    with tf.variable_scope(scope, reuse=True):
        tf.layers.dense(h, 4, name="dense")
    layer = tf.layers.Dense(3, name="fresh")
    with tf.name_scope("q"):
        layer(x)
    with tf.variable_scope("q2"):
        layer(x)
    tf.layers.Dense(3, _reuse=True, name="fresh").apply(x)
    tf.layers.Dense(3, name="given", _scope="sc")(x)
    tf.layers.Dense(3)(x, scope="at_the_call")


@program
def contrib_layers(tf):
    layers = tf.contrib.layers
    x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
    y = layers.conv2d(x, 4, 3)
    y = layers.conv2d(y, 4, [3, 3], stride=2, padding="VALID", normalizer_fn=layers.batch_norm, scope="c2",
                      weights_regularizer=layers.l2_regularizer(0.1), outputs_collections="points")
    y = layers.conv2d_transpose(y, 4, 3, stride=2)
    y = layers.separable_conv2d(y, 4, 3, depth_multiplier=2)
    y = layers.separable_conv2d(y, None, 3, 2, normalizer_fn=layers.batch_norm, scope="dw")
    y = layers.conv2d_in_plane(y, 3)
    y = layers.max_pool2d(y, 2)
    y = layers.flatten(layers.avg_pool2d(y, 2, scope="ap"))
    y = layers.fully_connected(y, 4, normalizer_fn=layers.batch_norm, variables_collections={"weights": ["w"]})
    y = layers.fully_connected(y, 4, normalizer_fn=layers.layer_norm, trainable=False)
    layers.softmax(layers.linear(y, 3))
    layers.batch_norm(x, updates_collections=None, fused=False, is_training=tf.placeholder(tf.bool, name="p"))
    layers.batch_norm(x, zero_debias_moving_mean=True, fused=False)
    layers.instance_norm(x)
    layers.bias_add(x, activation_fn=tf.nn.relu, regularizer=layers.l1_regularizer(0.1))
    layers.embed_sequence(tf.placeholder(tf.int32, [None, 3]), 10, 4)


@program
def slim(tf):
    slim = tf.contrib.slim
    x = tf.placeholder(tf.float32, [None, 16, 16, 3], name="x")
    with slim.arg_scope([slim.conv2d, slim.fully_connected], activation_fn=tf.nn.elu,
                        weights_regularizer=slim.l2_regularizer(0.0005)):
        with slim.arg_scope([slim.conv2d], stride=1, padding="SAME") as scope:
            net = slim.repeat(x, 2, slim.conv2d, 8, [3, 3], scope="conv1")
            net = slim.stack(net, slim.conv2d, [(4, [3, 3]), (5, [1, 1])], scope="core")
            net = slim.repeat(net, 2, slim.conv2d, 8, 3)
        net = slim.stack(slim.flatten(net), slim.fully_connected, [8, 4, 2], scope="fc")
    with slim.arg_scope(scope):
        slim.conv2d(x, 2, 1)
    slim.learning.create_train_op(tf.reduce_sum(net), tf.train.GradientDescentOptimizer(0.1))


@program
def optimize_loss(tf):
    layers = tf.contrib.layers
    loss = tf.reduce_mean(tf.square(layers.fully_connected(tf.placeholder(tf.float32, [None, 5]), 3)))
    step = tf.train.get_or_create_global_step()
    layers.optimize_loss(loss, step, 0.1, "SGD")
    layers.optimize_loss(
        loss, step, 0.1, "Adam", clip_gradients=1.0, gradient_noise_scale=0.1,
        learning_rate_decay_fn=lambda rate, n: tf.train.exponential_decay(rate, n, 10, 0.5),
        summaries=layers.OPTIMIZER_SUMMARIES, gradient_multipliers={"fully_connected/weights": 2.0})


def described(tf, function):
    """What a program left in the graph: variables, collections, operations."""
    graph = tf.get_default_graph()
    function(tf)
    collections = {}
    for key in graph.get_all_collection_keys():
        if isinstance(key, str) and not key.startswith("__") and key not in ("cond_context", "while_context"):
            collections[key] = [v.name.split(":")[0] for v in graph.get_collection(key)]
    return {"variables": [[v.name, v.shape.as_list(), v.dtype.base_dtype.name] for v in tf.global_variables()],
            "collections": {k: v for k, v in sorted(collections.items()) if v},
            "operations": [op.name for op in graph.get_operations()]}


def main():
    """Describe each program in a graph of its own."""
    import tensorflow

    found = {}
    for name, function in PROGRAMS.items():
        with tensorflow.Graph().as_default():
            found[name] = described(tensorflow, function)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "names.json"), "w") as file:
        json.dump(found, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
