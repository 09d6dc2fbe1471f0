"""Values of layers, normalisations and optimizers with given weights, which TensorFlow 1.15.5 was asked for.

Run by a Python that has TensorFlow 1.15.5, this file writes `layer_values.json`.
"""

import json
import os

import numpy as np

CASES = {}


def data(shape, seed=0):
    """Draws of a seed."""
    return np.random.RandomState(seed).randn(*shape).astype("f")


def case(function):
    """A case: it gives tensors, built in the default graph of the module it is given."""
    CASES[function.__name__] = function
    return function


def norm(name, shape, layer, **arguments):
    """A normalisation of draws, with `training` known, and as a tensor that holds or not."""
    flag = "training" if layer == "layers" else "is_training"

    def build(tf, value):
        x = tf.constant(data(shape, 1) * 2 + 1)
        options = dict(arguments) if value is None else dict(arguments, **{flag: value})
        if layer == "layers":
            return [tf.layers.batch_normalization(x, **options)]
        return [tf.contrib.layers.batch_norm(x, **options)]

    CASES[name] = lambda tf: build(tf, None)
    CASES[name + "_true"] = lambda tf: build(tf, tf.placeholder_with_default(True, []))
    CASES[name + "_false"] = lambda tf: build(tf, tf.placeholder_with_default(False, []))


norm("plain", [6, 4], "layers", training=True)
norm("images", [3, 4, 4, 2], "layers", training=True, momentum=0.9)
norm("unfused", [3, 4, 4, 2], "layers", training=True, fused=False)
norm("renorm", [6, 4], "layers", training=True, renorm=True, renorm_momentum=0.8, momentum=0.7,
     renorm_clipping={"rmax": 1.1, "rmin": 0.9, "dmax": 0.1})
norm("virtual", [8, 3, 3, 2], "layers", training=True, virtual_batch_size=4)
norm("two_axes", [5, 3, 2], "layers", training=True, axis=[1, 2])
norm("axis_1", [5, 3, 2], "layers", training=True, axis=1)
norm("contrib", [6, 4], "contrib", decay=0.9)
norm("contrib_images", [3, 4, 4, 2], "contrib", decay=0.9, scale=True)
norm("contrib_forced", [3, 4, 4, 2], "contrib", decay=0.9, updates_collections=None)
norm("contrib_debiased", [3, 4, 4, 2], "contrib", decay=0.9, zero_debias_moving_mean=True, fused=False)
norm("contrib_collected", [6, 4], "contrib", decay=0.5, updates_collections="mine")


@case
def weighted(tf):
    x, weights = tf.constant(data([4, 3, 3, 2])), tf.constant([1.0, 0.0, 2.0, 0.5])
    return [tf.contrib.layers.batch_norm(x, batch_weights=weights, decay=0.5, fused=False)]


@case
def convolutions(tf):
    layers, x = tf.layers, tf.constant(data([2, 8, 8, 3]))
    return [layers.conv2d(x, 4, 3, 2, "same"), layers.conv2d(x, 4, 3, padding="same", dilation_rate=2),
            layers.conv2d_transpose(x, 4, 3, 2, "same"), layers.conv2d_transpose(x, 4, 3, 2),
            layers.conv2d_transpose(x, 4, 2, 3), layers.separable_conv2d(x, 4, 3, depth_multiplier=2),
            layers.max_pooling2d(x, 3, 2, "same"), layers.average_pooling2d(x, 3, 2, "same")]


@case
def sequences_and_volumes(tf):
    layers, x, v = tf.layers, tf.constant(data([2, 8, 3])), tf.constant(data([1, 4, 4, 4, 2]))
    return [layers.conv1d(x, 4, 3, padding="causal", dilation_rate=2),
            layers.separable_conv1d(x, 4, 3, depth_multiplier=2), layers.max_pooling1d(x, 2, 2),
            layers.conv3d(v, 3, 2), layers.conv3d_transpose(v, 3, 3, 2),
            layers.average_pooling3d(v, 2, 2)]


@case
def contrib_layers(tf):
    layers, x = tf.contrib.layers, tf.constant(data([2, 8, 8, 3]))
    return [layers.conv2d(x, 4, 3), layers.conv2d(x, 4, 3, 2, padding="VALID", normalizer_fn=layers.batch_norm),
            layers.conv2d(x, 4, 3, rate=2), layers.conv2d_transpose(x, 4, 3, 2), layers.separable_conv2d(x, None, 3, 2),
            layers.conv2d_in_plane(x, 3), layers.avg_pool2d(x, 3, 1, "SAME"),
            layers.fully_connected(layers.flatten(x), 3), layers.bias_add(x)]


@case
def normalisations(tf):
    layers, x = tf.contrib.layers, tf.constant(data([3, 4, 4, 6]))
    return [layers.layer_norm(x), layers.layer_norm(x, begin_norm_axis=-1, center=False), layers.instance_norm(x),
            layers.instance_norm(x, data_format="NCHW", scope="first"), layers.group_norm(x, 3),
            layers.group_norm(x, 2, 1, (2, 3), scope="rows"),
            layers.group_norm(x, 3, mean_close_to_zero=True, scope="near"), layers.spatial_softmax(x),
            layers.unit_norm(x, 3), layers.maxout(x, 3), layers.images_to_sequence(x)]


@case
def embeddings(tf):
    layers, ids = tf.contrib.layers, tf.constant([[1, 2, 0], [3, 3, 1]])
    weights = tf.get_variable("w", [5, 3])
    sparse = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([1, 3, 2], tf.int64), [4, 2])
    return [layers.embed_sequence(ids, 5, 4, unique=True), layers.bow_encoder(ids, 5, 3),
            layers.bow_encoder(ids, 5, 3, sparse_lookup=False), layers.embedding_lookup_unique(weights, ids),
            layers.safe_embedding_lookup_sparse([weights], sparse),
            layers.safe_embedding_lookup_sparse([weights], sparse, combiner="sum", default_id=1)]


@case
def images(tf):
    image, x = tf.contrib.image, tf.constant(data([2, 6, 5, 3]))
    shear = [1, 0.2, 0.5, -0.1, 1, 0.3, 0.01, 0.02]
    tf.get_variable("unused", [1])
    return [image.rotate(x, 0.5), image.rotate(x, [0.3, -1.2], "BILINEAR"), image.translate(x, [1, -2]),
            image.translate(x, [[0.5, 1.5], [-1, 0.25]], "BILINEAR"), image.transform(x, shear, "BILINEAR"),
            image.transform(x[0, :, :, 0], shear), image.transform(x[0], shear, output_shape=(3, 7)),
            image.compose_transforms(shear, [0.8, 0, 0, 0, 0.8, 0, 0, 0]),
            image.dense_image_warp(x, tf.constant(data([2, 6, 5, 2])))]


def values(tf, function):
    """What a case gives with weights that follow from their names: outputs of two runs, gradients, variables after."""
    fetches = function(tf)
    found = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for v in tf.global_variables():
            if v.dtype.base_dtype.name.startswith("float"):
                value = np.random.RandomState(sum(map(ord, v.op.name)) % 1000).randn(*v.shape.as_list()) * 0.4
                if "variance" in v.op.name or "stddev" in v.op.name or "local_step" in v.op.name:
                    value = np.abs(value) + 0.5
                v.load(np.asarray(value, "f"), session)
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS) + tf.get_collection("mine")
        for _ in range(2):
            found += session.run([fetches, updates])[0]
        found += session.run(tf.global_variables())
        gradients = tf.gradients(fetches[0], tf.trainable_variables())
        found += session.run([tf.convert_to_tensor(g) for g in gradients if g is not None])
    return [shortened(np.asarray(x, "d").ravel()) for x in found]


def shortened(array):
    """The first elements of a long array, its mean, and that of its squares."""
    return array if array.size < 40 else np.concatenate([array[:16], [array.mean(), (array * array).mean()]])


OPTIMIZERS = {
    "nadam": lambda opt: opt.NadamOptimizer(0.1), "adamax": lambda opt: opt.AdaMaxOptimizer(0.1),
    "add_sign": lambda opt: opt.AddSignOptimizer(0.1), "power_sign": lambda opt: opt.PowerSignOptimizer(0.1),
    "lars": lambda opt: opt.LARSOptimizer(10.0), "lazy_adam": lambda opt: opt.LazyAdamOptimizer(0.1)}


def trained(tf, make, sparse):
    """Two variables after five steps of an optimizer."""
    w, b = tf.Variable(data([4, 3]), name="w"), tf.Variable(data([3]), name="b")
    dense = tf.reduce_mean(tf.square(tf.matmul(tf.constant(data([6, 4], 2)), w) + b))
    loss = tf.reduce_sum(tf.square(tf.gather(w, [0, 2, 2]) + b)) if sparse else dense
    step = make(tf.contrib.opt).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(5):
            session.run(step)
        return [np.asarray(x, "d").ravel() for x in session.run([w, b])]


def all_cases():
    """Every case as a function of the module."""
    found = {name: lambda tf, f=f: values(tf, f) for name, f in CASES.items()}
    for name, make in OPTIMIZERS.items():
        for sparse in (False, True):
            found[name + ("_sparse" if sparse else "_dense")] = lambda tf, m=make, s=sparse: trained(tf, m, s)
    return found


def main():
    """Record each case in a graph of its own."""
    import tensorflow

    found = {}
    for name, function in all_cases().items():
        with tensorflow.Graph().as_default():
            found[name] = [[float(format(x, ".6g")) for x in array] for array in function(tensorflow)]
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "layer_values.json"), "w") as file:
        json.dump(found, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
