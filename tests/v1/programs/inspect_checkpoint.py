"""Look into a checkpoint with a reader, average two checkpoints by hand, and load the average."""
import os
import tempfile

import numpy as np
import tensorflow as tf

folder = tempfile.mkdtemp()
rng = np.random.RandomState(3)
x = rng.rand(64, 4).astype(np.float32)
y = x.dot(np.array([[2.0], [0.0], [-1.0], [1.0]], np.float32))
inputs = tf.placeholder(tf.float32, [None, 4])
w = tf.Variable(tf.random_normal([4, 1], seed=5), name="layer/weights")
b = tf.Variable([0.0], name="layer/biases")
loss = tf.reduce_mean(tf.square(tf.matmul(inputs, w) + b - y))
train = tf.train.AdamOptimizer(0.05).minimize(loss)
saver = tf.train.Saver(max_to_keep=0)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(400):
        sess.run(train, {inputs: x})
        if i in (380, 399):
            saver.save(sess, os.path.join(folder, "m"), global_step=i)

readers = [tf.train.NewCheckpointReader(os.path.join(folder, "m-%d" % i)) for i in (380, 399)]
shapes = readers[0].get_variable_to_shape_map()
for name in sorted(shapes):
    print(name, shapes[name])
assert shapes["layer/weights"] == [4, 1]
assert "layer/weights/Adam" in shapes
assert readers[0].has_tensor("layer/biases")
assert not readers[0].has_tensor("nothing")
assert readers[0].get_variable_to_dtype_map()["layer/weights"] == tf.float32
mean = {n: np.mean([r.get_tensor(n) for r in readers], axis=0) for n in shapes}
assert np.allclose(tf.train.load_variable(folder, "layer/weights"), readers[1].get_tensor("layer/weights"))
with tf.Session() as sess:
    for variable in tf.global_variables():
        variable.load(mean[variable.op.name], sess)
    print("RESULT loss %.6f <= 0.01" % sess.run(loss, {inputs: x}))
