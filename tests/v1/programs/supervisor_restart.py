"""A supervisor trains, saves, and is started again from its checkpoint."""

import os
import tempfile

import numpy as np
import tensorflow as tf

logdir = os.path.join(tempfile.mkdtemp(), "logs")


def train(steps):
    graph = tf.Graph()
    with graph.as_default():
        tf.set_random_seed(3)
        step = tf.Variable(0, name="global_step", trainable=False)
        x = tf.random_uniform([64, 2], seed=5)
        y = tf.reduce_sum(x * tf.constant([2.0, -1.0]), axis=1, keep_dims=True)
        w = tf.get_variable("w", [2, 1], initializer=tf.zeros_initializer())
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - y))
        tf.summary.scalar("error", loss)
        train_op = tf.train.AdamOptimizer(0.05).minimize(loss, global_step=step)
        sv = tf.train.Supervisor(logdir=logdir, global_step=step, save_summaries_secs=1, save_model_secs=60)
        with sv.managed_session() as sess:
            began = int(sess.run(step))
            value = None
            for _ in range(steps):
                if sv.should_stop():
                    break
                _, value = sess.run([train_op, loss])
            sv.saver.save(sess, sv.save_path, global_step=step)
    return began, value


print(train(150))
began, value = train(150)
print("started again at", began, "error", value)
assert began == 150, began
assert tf.train.latest_checkpoint(logdir).endswith("model.ckpt-300")
assert os.path.exists(os.path.join(logdir, "graph.pbtxt"))
assert any("tfevents" in name for name in os.listdir(logdir))
print("RESULT error %.6f <= 0.001" % value)
