"""Checkpoints written and read by TensorFlow 1.15 or 2.21: `checkpoint_peer.py FOLDER write|read …`.

`raw` are tensors of every dtype, `parts` a variable in parts, `sharded` one file a device, `old` the older format,
`objects` a tree of objects, `model` a Keras model with its optimizer. What was read goes to `FOLDER/read.npz`, as bytes
where NumPy may not have the dtype. Every value follows from a seed, so that both sides know it.
"""

import sys
import zlib

import numpy as np

DTYPES = ("float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 complex128 "
          "bool qint8 quint8 qint16 quint16 qint32").split()
SIZES = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8, "complex64": 8, "complex128": 16, "bool": 1,
         "qint8": 1, "quint8": 1, "qint16": 2, "quint16": 2, "qint32": 4}
SHAPE = (3, 5)
TEXTS = np.array([b"", b"a", b"\xff\x00b", b"c" * 1000], object)


def raw(name):
    """The bytes of the sample of a dtype, one row an element."""
    size = SIZES.get(name) or int(name.lstrip("uint")) // 8
    found = np.frombuffer(np.random.RandomState(zlib.crc32(name.encode()) % 1000).bytes(15 * size), np.uint8)
    return (found & 1 if name == "bool" else found).reshape((*SHAPE, size))


def whole(rows=7):
    """The variable that is saved in parts."""
    return np.random.RandomState(3).rand(rows, 4).astype(np.float32)


def data():
    """What the model learns."""
    chance = np.random.RandomState(0)
    return chance.rand(8, 6, 6, 3).astype(np.float32), chance.rand(8, 2).astype(np.float32)


def model(keras, seed):
    """A Keras model, compiled."""
    layers = keras.layers
    if hasattr(keras.utils, "set_random_seed"):
        keras.utils.set_random_seed(seed)
    made = keras.Sequential([layers.Conv2D(2, 3, input_shape=(6, 6, 3)), layers.BatchNormalization(), layers.Flatten(),
                             layers.Dense(4), layers.Dense(2)])
    made.compile(keras.optimizers.Adam(0.01), "mse")
    return made


class Side:
    """One framework, by the names that both have."""

    def __init__(self, tf, v1, folder):
        self.tf, self.v1, self.folder = tf, v1, folder
        self.found = {}

    def write(self, what):
        getattr(self, "write_" + what)()

    def read(self, what):
        getattr(self, "read_" + what)()

    def tensor(self, name):
        tf = self.v1
        if name == "bool":
            return tf.constant(raw(name)[..., 0].astype(bool))
        dtype = getattr(tf, name)
        return tf.bitcast(tf.constant(raw(name)[..., 0] if raw(name).shape[-1] == 1 else raw(name)), dtype)

    def bits(self, name, value):
        return self.v1.bitcast(value, self.v1.uint8) if name in SIZES and name != "bool" else value

    def write_raw(self):
        tf = self.v1
        with tf.Graph().as_default(), tf.Session() as session:
            tensors = [self.tensor(name) for name in DTYPES] + [tf.constant(TEXTS), tf.zeros([0, 3]), tf.constant(2.5)]
            names = [*DTYPES, "texts", "empty", "scalar"]
            session.run(tf.raw_ops.SaveV2(prefix=self.folder + "/raw", tensor_names=names,
                                          shape_and_slices=[""] * len(names), tensors=tensors))

    def read_raw(self):
        tf = self.v1
        with tf.Graph().as_default(), tf.Session() as session:
            names = [*DTYPES, "texts", "empty", "scalar"]
            kinds = [getattr(tf, name) for name in DTYPES] + [tf.string, tf.float32, tf.float32]
            given = tf.raw_ops.RestoreV2(prefix=self.folder + "/raw", tensor_names=names,
                                         shape_and_slices=[""] * len(names), dtypes=kinds)
            for name, value in zip(names, given):  # noqa: B905  (Python 3.7)
                self.found[name] = session.run(self.bits(name, value))

    def saver(self, parts, **arguments):
        tf = self.v1
        with tf.device("/cpu:0"):
            p = tf.get_variable("s/p", initializer=whole() if not parts else None, shape=None if not parts else (7, 4),
                                partitioner=tf.fixed_size_partitioner(parts) if parts else None)
        with tf.device("/cpu:1"):
            n = tf.get_variable("n", initializer=np.int64(41))
        return p, n, tf.train.Saver(**arguments)

    def named(self, what, parts, saving, **arguments):
        tf = self.v1
        config = tf.ConfigProto(device_count={"CPU": 2})
        with tf.Graph().as_default(), tf.Session(config=config) as session:
            p, n, saver = self.saver(parts, **arguments)
            if saving:
                session.run(tf.global_variables_initializer())
                at = 0
                for part in p if parts else ():
                    rows = int(part.shape[0])
                    part.load(whole()[at:at + rows], session)
                    at += rows
                session.run(n.assign_add(1))
                saver.save(session, self.folder + "/" + what)
            else:
                path = self.folder + "/" + what
                saver.restore(session, path + "-?????-of-00002" if what == "oldsharded" else path)
                self.found[what + ".p"], self.found[what + ".n"] = session.run([tf.convert_to_tensor(p), n])

    def write_parts(self):
        self.named("parts", 3, True)

    def read_parts(self):
        self.named("parts", 2, False)

    def write_sharded(self):
        self.named("sharded", 0, True, sharded=True)

    def read_sharded(self):
        self.named("sharded", 2, False)

    def write_old(self):
        self.named("old", 2, True, write_version=1)

    def read_old(self):
        self.named("old", 3, False)

    def write_oldsharded(self):
        self.named("oldsharded", 0, True, write_version=1, sharded=True)

    def read_oldsharded(self):
        self.named("oldsharded", 0, False)

    def objects(self, factor):
        tf = self.tf
        tree = tf.Module(name="tree")
        tree.w = tf.Variable(whole() * factor, name="w")
        tree.held = [tf.Variable(np.int64(5 * factor)), {"k/z": tf.Variable([2.5 * factor])}]
        return tree, tf.Variable(["a" * factor, "b"]), tf.Variable(3 * factor)

    def write_objects(self):
        tree, texts, step = self.objects(1)
        self.tf.train.Checkpoint(tree=tree, texts=texts, step=step).save(self.folder + "/objects")

    def read_objects(self):
        tree, texts, step = self.objects(0)
        status = self.tf.train.Checkpoint(tree=tree, texts=texts, step=step).restore(self.folder + "/objects-1")
        status.assert_consumed()
        for name, value in (("w", tree.w), ("0", tree.held[0]), ("1", tree.held[1]["k/z"]), ("texts", texts),
                            ("step", step)):
            self.found["objects." + name] = value.numpy()

    def write_model(self):
        x, y = data()
        made = model(self.tf.keras, 1)
        made.fit(x, y, epochs=3, verbose=0)
        self.tf.train.Checkpoint(model=made, optimizer=made.optimizer).save(self.folder + "/model")
        np.save(self.folder + "/predicted.npy", made.predict(x))

    def read_model(self):
        x, y = data()
        made = model(self.tf.keras, 2)
        status = self.tf.train.Checkpoint(model=made, optimizer=made.optimizer).restore(self.folder + "/model-1")
        self.found["model"] = made.predict(x)
        made.fit(x, y, batch_size=8, verbose=0)
        self.found["model.steps"] = np.array(int(made.optimizer.iterations.numpy()))
        self.found["model.moved"] = made.predict(x)
        status.expect_partial()


def main():
    import tensorflow as tf

    old = tf.__version__ < "2"
    if old:
        tf.compat.v1.enable_eager_execution()
    side = Side(tf, tf.compat.v1, sys.argv[1])
    for what in sys.argv[3:]:
        getattr(side, sys.argv[2])(what)
    np.savez(sys.argv[1] + "/read.npz", **side.found)


if __name__ == "__main__":
    main()
