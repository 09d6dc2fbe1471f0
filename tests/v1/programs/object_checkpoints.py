"""tf.train.Checkpoint in a graph: variables and an optimizer saved as objects, training goes on in a new session."""
import os
import tempfile

import numpy as np
import tensorflow as tf

folder = tempfile.mkdtemp()
x = np.linspace(-1, 1, 50).astype(np.float32)[:, None]
y = 2 * x ** 2 - x + 1
coefficients = [tf.Variable(0.0, name="c%d" % i) for i in range(3)]
predicted = sum(c * x ** i for i, c in enumerate(coefficients))
loss = tf.reduce_mean(tf.square(predicted - y))
optimizer = tf.train.AdamOptimizer(0.1)
step = tf.train.get_or_create_global_step()
train = optimizer.minimize(loss, global_step=step)
checkpoint = tf.train.Checkpoint(optimizer=optimizer, step=step, c0=coefficients[0], c1=coefficients[1], c2=coefficients[2])
prefix = os.path.join(folder, "ckpt")
for _ in range(3):
    status = checkpoint.restore(tf.train.latest_checkpoint(folder))
    with tf.Session() as sess:
        status.initialize_or_restore(sess)
        for _ in range(100):
            sess.run(train)
        path = checkpoint.save(prefix, session=sess)
        print(path, sess.run([step, loss]))
        final, count = sess.run([loss, step])
assert count == 300, count
assert path.endswith("ckpt-3"), path
keys = [n for n, _ in tf.train.list_variables(path)]
assert "c0/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE" in keys, keys
print("RESULT loss %.6f <= 0.001" % final)
