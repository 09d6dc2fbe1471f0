"""A program with flags and a main function, on a local server with parameter devices."""

import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_float("learning_rate", 0.3, "Initial learning rate.")
flags.DEFINE_integer("max_steps", 120, "Number of steps to run.")
flags.DEFINE_string("optimizer", "sgd", "sgd or adam.")
flags.DEFINE_boolean("fake_data", False, "Unused.")
flags.DEFINE_multi_integer("hidden", [8, 4], "Sizes of the hidden layers.")
FLAGS = flags.FLAGS


def inference(x):
    for i, units in enumerate(FLAGS.hidden):
        with tf.variable_scope("hidden%d" % (i + 1)):
            w = tf.get_variable("weights", [int(x.get_shape()[1]), units],
                                initializer=tf.truncated_normal_initializer(stddev=0.5, seed=i))
            b = tf.get_variable("biases", [units], initializer=tf.constant_initializer(0.1))
            x = tf.nn.tanh(tf.matmul(x, w) + b)
    return tf.layers.dense(x, 1, kernel_initializer=tf.truncated_normal_initializer(stddev=0.5, seed=9))


def main(_):
    if FLAGS.max_steps <= 0:
        raise ValueError("max_steps must be positive")
    tf.logging.set_verbosity(tf.logging.ERROR)
    server = tf.train.Server.create_local_server()
    with tf.Graph().as_default():
        with tf.device(tf.train.replica_device_setter(ps_tasks=1, ps_device="/job:local", worker_device="/job:local")):
            x = tf.random_uniform([64, 2], -1, 1, seed=1)
            y = tf.sin(2.0 * x[:, :1]) * x[:, 1:]
            loss = tf.reduce_mean(tf.square(inference(x) - y))
            step = tf.train.get_or_create_global_step()
            kinds = {"sgd": tf.train.GradientDescentOptimizer, "adam": tf.train.AdamOptimizer}
            train = kinds[FLAGS.optimizer](FLAGS.learning_rate).minimize(loss, global_step=step)
        with tf.Session(server.target) as sess:
            sess.run(tf.global_variables_initializer())
            first = sess.run(loss)
            while sess.run(step) < FLAGS.max_steps:
                sess.run(train)
        with tf.Session(server.target) as sess:  # the variables live on the server
            last = sum(sess.run(loss) for _ in range(10)) / 10
    print("loss", first, "->", last)
    print("RESULT ratio %.4f <= 0.4" % (last / first))


if __name__ == "__main__":
    tf.app.run()
