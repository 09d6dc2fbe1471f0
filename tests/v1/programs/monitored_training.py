"""A monitored session trains with hooks, ends, and a second one goes on from its checkpoint."""

import os
import tempfile

import numpy as np
import tensorflow as tf

folder = os.path.join(tempfile.mkdtemp(), "run")
rng = np.random.RandomState(0)
data = rng.normal(size=(256, 4)).astype(np.float32)
target = data.dot(np.array([[1.0], [-2.0], [0.5], [3.0]], np.float32)) + 0.7


class Losses(tf.train.SessionRunHook):
    def begin(self):
        self.seen = []

    def before_run(self, run_context):
        return tf.train.SessionRunArgs(tf.get_default_graph().get_tensor_by_name("loss:0"))

    def after_run(self, run_context, run_values):
        self.seen.append(float(run_values.results))


def train(last_step):
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        step = tf.train.get_or_create_global_step()
        x = tf.placeholder(tf.float32, [None, 4])
        y = tf.placeholder(tf.float32, [None, 1])
        weights = tf.get_variable("weights", [4, 1], initializer=tf.zeros_initializer())
        bias = tf.get_variable("bias", [1], initializer=tf.zeros_initializer())
        loss = tf.reduce_mean(tf.square(tf.matmul(x, weights) + bias - y), name="loss")
        tf.summary.scalar("loss", loss)
        train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
        losses = Losses()
        hooks = [tf.train.StopAtStepHook(last_step=last_step), tf.train.NanTensorHook(loss),
                 tf.train.LoggingTensorHook({"loss": loss, "step": step}, every_n_iter=20), losses]
        with tf.train.MonitoredTrainingSession(checkpoint_dir=folder, hooks=hooks, save_checkpoint_steps=25,
                                               save_summaries_steps=10, log_step_count_steps=20) as sess:
            while not sess.should_stop():
                rows = rng.randint(0, 256, 32)
                sess.run(train_op, {x: data[rows], y: target[rows]})
        return losses.seen


first = train(60)
second = train(120)
print("runs", len(first), len(second))
assert len(first) == 60 and len(second) == 60, (len(first), len(second))
assert second[0] < first[0] / 100
print(sorted(os.path.basename(p) for p in tf.train.get_checkpoint_state(folder).all_model_checkpoint_paths))
assert tf.train.latest_checkpoint(folder).endswith("model.ckpt-120")
events = [name for name in os.listdir(folder) if "tfevents" in name]
tags = {value.tag for name in events for event in tf.train.summary_iterator(os.path.join(folder, name))
        for value in event.summary.value}
assert {"loss_1", "global_step/sec"} <= tags, tags
print("RESULT loss %.6f <= 0.0001" % second[-1])
