"""Numbered checkpoints, of which three are kept; a second run goes on from the last and takes over the old ones."""
import os
import tempfile

import tensorflow as tf

folder = tempfile.mkdtemp()
prefix = os.path.join(folder, "model.ckpt")


def run(steps):
    tf.reset_default_graph()
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", [], initializer=tf.constant_initializer(5.0))
    train = tf.train.MomentumOptimizer(0.05, 0.8).minimize(tf.square(w - 3.0), global_step=step)
    saver = tf.train.Saver(max_to_keep=3)
    with tf.Session() as sess:
        state = tf.train.get_checkpoint_state(folder)
        if state and state.model_checkpoint_path:
            saver.restore(sess, state.model_checkpoint_path)
            saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        else:
            sess.run(tf.global_variables_initializer())
        for _ in range(steps):
            sess.run(train)
            if tf.train.global_step(sess, step) % 10 == 0:
                saver.save(sess, prefix, global_step=step, write_meta_graph=False)
        return sess.run([step, w])


run(50)
first = sorted(int(n.split("-")[1].split(".")[0]) for n in os.listdir(folder) if n.endswith(".index"))
assert first == [30, 40, 50], first
step, w = run(40)
second = sorted(int(n.split("-")[1].split(".")[0]) for n in os.listdir(folder) if n.endswith(".index"))
assert second == [70, 80, 90], second
assert step == 90, step
assert tf.train.latest_checkpoint(folder) == prefix + "-90"
print("RESULT error %.6f <= 0.01" % abs(w - 3.0))
