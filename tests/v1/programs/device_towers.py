"""Data parallelism by towers: shared variables, gradients averaged by hand, moving averages of the variables."""

import numpy as np
import tensorflow as tf

TOWERS = 2
rng = np.random.RandomState(1)
weights = rng.randn(10, 3)
inputs = rng.randn(3000, 10).astype(np.float32)
targets = (inputs.dot(weights) + 0.1 * rng.randn(3000, 3)).argmax(1)


def tower_loss(scope, x, y):
    hidden = tf.layers.dense(x, 24, activation=tf.nn.relu, name="hidden")
    logits = tf.layers.dense(hidden, 3, name="logits")
    loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
    tf.add_to_collection("tower_losses", loss)
    assert len(tf.get_collection("tower_losses", scope)) == 1
    return loss, logits


def average_gradients(tower_grads):
    averaged = []
    for grads_and_vars in zip(*tower_grads):
        grads = [tf.expand_dims(g, 0) for g, _ in grads_and_vars]
        averaged.append((tf.reduce_mean(tf.concat(grads, axis=0), 0), grads_and_vars[0][1]))
    return averaged


with tf.Graph().as_default(), tf.device("/cpu:0"):
    tf.set_random_seed(1)
    x, y = tf.placeholder(tf.float32, [None, 10]), tf.placeholder(tf.int64, [None])
    global_step = tf.get_variable("global_step", [], initializer=tf.constant_initializer(0), trainable=False)
    rate = tf.train.exponential_decay(0.3, global_step, 200, 0.8, staircase=True)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    tower_grads, losses = [], []
    with tf.variable_scope(tf.get_variable_scope()):
        for i, (part_x, part_y) in enumerate(zip(tf.split(x, TOWERS), tf.split(y, TOWERS))):
            with tf.device("/gpu:%d" % i), tf.name_scope("tower_%d" % i) as scope:
                loss, logits = tower_loss(scope, part_x, part_y)
                tf.get_variable_scope().reuse_variables()
                tower_grads.append(optimizer.compute_gradients(loss))
                losses.append(loss)
    assert len(tf.trainable_variables()) == 4
    apply_op = optimizer.apply_gradients(average_gradients(tower_grads), global_step=global_step)
    averages = tf.train.ExponentialMovingAverage(0.99, global_step)
    train_op = tf.group(apply_op, averages.apply(tf.trainable_variables()))
    accuracy = tf.reduce_mean(tf.to_float(tf.equal(tf.argmax(logits, 1), part_y)))

    with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(400):
            rows = rng.randint(2000, size=100)
            sess.run(train_op, {x: inputs[rows], y: targets[rows]})
        figure = sess.run(accuracy, {x: inputs[2000:], y: targets[2000:]})
print("RESULT accuracy %.4f >= 0.92" % figure)
