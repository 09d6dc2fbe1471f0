"""A generative adversarial network: two optimizers, and a discriminator that does not train inside the whole."""

import numpy as np
from keras.layers import BatchNormalization, Dense, Input, LeakyReLU
from keras.models import Model, Sequential
from keras.optimizers import Adam

np.random.seed(0)
latent_dim, half_batch = 4, 64


def real_samples(n):
    return np.random.randn(n, 2) * [0.5, 0.2] + [2.0, -1.0]


def build_generator():
    model = Sequential(name="generator")
    model.add(Dense(16, input_dim=latent_dim))
    model.add(LeakyReLU(alpha=0.2))
    model.add(BatchNormalization(momentum=0.8))
    model.add(Dense(2))
    noise = Input(shape=(latent_dim,))
    return Model(noise, model(noise))


def build_discriminator():
    model = Sequential(name="discriminator")
    model.add(Dense(16, input_shape=(2,)))
    model.add(LeakyReLU(0.2))
    model.add(Dense(1, activation="sigmoid"))
    sample = Input(shape=(2,))
    return Model(sample, model(sample))


discriminator = build_discriminator()
discriminator.compile(loss="binary_crossentropy", optimizer=Adam(lr=0.005, beta_1=0.5), metrics=["accuracy"])
generator = build_generator()
z = Input(shape=(latent_dim,))
discriminator.trainable = False
combined = Model(z, discriminator(generator(z)))
combined.compile(loss="binary_crossentropy", optimizer=Adam(lr=0.005, beta_1=0.5))
assert len(combined.trainable_weights) == 6
start = np.abs(generator.predict(np.random.randn(500, latent_dim)).mean(axis=0) - [2, -1]).max()
held = [w.copy() for w in discriminator.get_weights()]
combined.train_on_batch(np.random.randn(8, latent_dim), np.ones((8, 1)))
for a, b in zip(held, discriminator.get_weights()):
    np.testing.assert_array_equal(a, b)
for step in range(400):
    noise = np.random.normal(0, 1, (half_batch, latent_dim))
    d_loss_real = discriminator.train_on_batch(real_samples(half_batch), np.ones((half_batch, 1)))
    d_loss_fake = discriminator.train_on_batch(generator.predict(noise, verbose=0), np.zeros((half_batch, 1)))
    d_loss = 0.5 * np.add(d_loss_real, d_loss_fake)
    assert d_loss.shape == (2,)
    noise = np.random.normal(0, 1, (2 * half_batch, latent_dim))
    g_loss = combined.train_on_batch(noise, np.array([1] * 2 * half_batch))
assert any((a != b).any() for a, b in zip(held, discriminator.get_weights()))
end = np.abs(generator.predict(np.random.randn(500, latent_dim)).mean(axis=0) - [2, -1]).max()
print("distance", start, "->", end, d_loss, g_loss)
print("RESULT distance", end, "<=", 0.6)
