"""Name scopes, groups and control dependencies within branches, loops and traced functions stay within."""

import hornbeam as tf
import hornbeam.v1 as tf1


def test_a_scope_that_names_outer_values_stays_in_the_branch():
    with tf1.Graph().as_default():
        target, source = tf1.Variable(0.0), tf1.Variable(1.0)
        pred = tf1.placeholder(tf1.bool, [])

        def update():
            with tf1.name_scope("update", values=[target, source]):
                return tf1.group(target.assign(source), name="all")

        def taken():
            with tf1.control_dependencies([update()]):
                return tf1.constant(1)

        out = tf1.cond(pred, taken, lambda: tf1.constant(2))
        with tf1.Session() as session:
            session.run(tf1.global_variables_initializer())
            assert session.run(out, {pred: False}) == 2
            assert session.run(target) == 0.0
            assert session.run(out, {pred: True}) == 1
            assert session.run(target) == 1.0


def test_a_variable_scope_that_names_outer_values_stays_in_the_branch():
    with tf1.Graph().as_default():
        x = tf1.placeholder(tf1.float32, [])
        count = tf1.Variable(0)

        def taken():
            with tf1.variable_scope("inner", values=[x]), tf1.control_dependencies([count.assign_add(1)]):
                return tf1.identity(x)

        out = tf1.cond(x > 0.0, taken, lambda: -x)
        with tf1.Session() as session:
            session.run(tf1.global_variables_initializer())
            assert session.run(out, {x: -2.0}) == 2.0
            assert session.run(count) == 0
            assert session.run(out, {x: 2.0}) == 2.0
            assert session.run(count) == 1


def test_outer_tensors_gate_what_a_traced_function_makes():
    @tf.function
    def step(x, flag):
        def taken():
            with tf.control_dependencies([x]):
                first, _ = tf.tuple([x * 2.0, x])
            return first

        return tf.cond(flag, taken, lambda: x)

    assert float(step(tf.constant(3.0), tf.constant(True))) == 6.0
    assert float(step(tf.constant(3.0), tf.constant(False))) == 3.0
