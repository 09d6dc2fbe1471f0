"""The language model tutorial: unrolled steps, state carried from run to run, learning rate decayed by epochs."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(10)
vocab_size, hidden_size, num_steps, batch_size, num_layers = 12, 32, 5, 20, 2
words = [0]
for _ in range(12000):  # each word is followed by one of two
    words.append((words[-1] * 5 + (3 if rng.rand() < 0.9 else 7)) % vocab_size)
train_data, test_data = np.array(words[:10000], np.int32), np.array(words[10000:], np.int32)


class PTBModel(object):

    def __init__(self, is_training):
        self.input_data = tf.placeholder(tf.int32, [batch_size, num_steps])
        self.targets = tf.placeholder(tf.int32, [batch_size, num_steps])

        def make_cell():
            cell = tf.contrib.rnn.BasicLSTMCell(hidden_size, forget_bias=0.0, state_is_tuple=True,
                                                reuse=not is_training)
            return tf.contrib.rnn.DropoutWrapper(cell, output_keep_prob=0.9) if is_training else cell

        cell = tf.contrib.rnn.MultiRNNCell([make_cell() for _ in range(num_layers)], state_is_tuple=True)
        self.initial_state = cell.zero_state(batch_size, tf.float32)
        embedding = tf.get_variable("embedding", [vocab_size, hidden_size])
        inputs = tf.nn.embedding_lookup(embedding, self.input_data)
        state, outputs = self.initial_state, []
        with tf.variable_scope("RNN"):
            for time_step in range(num_steps):
                if time_step > 0:
                    tf.get_variable_scope().reuse_variables()
                cell_output, state = cell(inputs[:, time_step, :], state)
                outputs.append(cell_output)
        output = tf.reshape(tf.concat(outputs, 1), [-1, hidden_size])
        softmax_w = tf.get_variable("softmax_w", [hidden_size, vocab_size])
        softmax_b = tf.get_variable("softmax_b", [vocab_size])
        logits = tf.reshape(tf.nn.xw_plus_b(output, softmax_w, softmax_b), [batch_size, num_steps, vocab_size])
        loss = tf.contrib.seq2seq.sequence_loss(logits, self.targets, tf.ones([batch_size, num_steps]),
                                                average_across_timesteps=False, average_across_batch=True)
        self.cost, self.final_state = tf.reduce_sum(loss), state
        if is_training:
            self.lr = tf.Variable(0.0, trainable=False)
            tvars = tf.trainable_variables()
            grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, tvars), 5.0)
            optimizer = tf.train.GradientDescentOptimizer(self.lr)
            self.train_op = optimizer.apply_gradients(zip(grads, tvars),
                                                      global_step=tf.train.get_or_create_global_step())
            self.new_lr = tf.placeholder(tf.float32, shape=[], name="new_learning_rate")
            self.lr_update = tf.assign(self.lr, self.new_lr)


def run_epoch(session, model, data, eval_op=None):
    length = len(data) // batch_size
    rows = data[:batch_size * length].reshape(batch_size, length)
    costs, iters, state = 0.0, 0, session.run(model.initial_state)
    for step in range((length - 1) // num_steps):
        at = step * num_steps
        feed = {model.input_data: rows[:, at:at + num_steps], model.targets: rows[:, at + 1:at + num_steps + 1]}
        for i, (c, h) in enumerate(model.initial_state):
            feed[c], feed[h] = state[i].c, state[i].h
        fetches = {"cost": model.cost, "final_state": model.final_state}
        if eval_op is not None:
            fetches["eval_op"] = eval_op
        vals = session.run(fetches, feed)
        costs += vals["cost"]
        state = vals["final_state"]
        iters += num_steps
    return np.exp(costs / iters)


with tf.Graph().as_default(), tf.Session() as sess:
    tf.set_random_seed(10)
    initializer = tf.random_uniform_initializer(-0.1, 0.1)
    with tf.variable_scope("Model", reuse=None, initializer=initializer):
        m = PTBModel(True)
    with tf.variable_scope("Model", reuse=True, initializer=initializer):
        mtest = PTBModel(False)
    sess.run(tf.global_variables_initializer())
    for i in range(8):
        sess.run(m.lr_update, {m.new_lr: 1.0 * 0.7 ** max(i - 3, 0)})
        print("train perplexity", run_epoch(sess, m, train_data, m.train_op))
    perplexity = run_epoch(sess, mtest, test_data)
print("RESULT test_perplexity %.4f <= 1.6" % perplexity)
