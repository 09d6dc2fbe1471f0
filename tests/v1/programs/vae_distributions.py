"""A variational autoencoder by tf.distributions: reparameterised draws, Bernoulli pixels, the divergence by name."""

import numpy as np
import tensorflow as tf

tfd = tf.contrib.distributions
rng = np.random.RandomState(0)
patterns = (rng.uniform(size=(4, 36)) > 0.5).astype(np.float32)


def draw_batch(size):
    which = rng.randint(4, size=size)
    flip = rng.uniform(size=(size, 36)) < 0.05
    return np.abs(patterns[which] - flip).astype(np.float32)


def make_encoder(data, code_size):
    hidden = tf.layers.dense(data, 64, tf.nn.relu)
    loc = tf.layers.dense(hidden, code_size)
    scale = tf.layers.dense(hidden, code_size, tf.nn.softplus)
    return tfd.MultivariateNormalDiag(loc, scale)


def make_prior(code_size):
    return tfd.MultivariateNormalDiag(tf.zeros(code_size), tf.ones(code_size))


def make_decoder(code):
    hidden = tf.layers.dense(code, 64, tf.nn.relu)
    return tfd.Independent(tfd.Bernoulli(logits=tf.layers.dense(hidden, 36)), 1)


tf.set_random_seed(3)
data = tf.placeholder(tf.float32, [None, 36])
encode, decode = tf.make_template("encoder", make_encoder), tf.make_template("decoder", make_decoder)
prior = make_prior(code_size=2)
posterior = encode(data, code_size=2)
code = posterior.sample()
likelihood = decode(code).log_prob(data)
divergence = tfd.kl_divergence(posterior, prior)
elbo = tf.reduce_mean(likelihood - divergence)
optimize = tf.train.AdamOptimizer(0.01).minimize(-elbo)
samples = decode(prior.sample(200)).mean()

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    first = sess.run(elbo, {data: draw_batch(500)})
    for step in range(600):
        sess.run(optimize, {data: draw_batch(100)})
    last = np.mean([sess.run(elbo, {data: draw_batch(500)}) for _ in range(5)])
    made = sess.run(samples)
nearest = np.abs(made[:, None] - patterns[None]).mean(-1)
assert last > first
assert len(set(nearest.argmin(1))) >= 3, "most patterns are made"
print("RESULT elbo %.3f >= -13.0" % last)
