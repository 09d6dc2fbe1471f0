"""A variational autoencoder: sampling in a Lambda layer, the loss added with `add_loss`, of backend functions."""

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Dense, Input, Lambda
from keras.losses import binary_crossentropy, mse
from keras.models import Model


def sampling(args):
    z_mean, z_log_var = args
    batch = K.shape(z_mean)[0]
    dim = K.int_shape(z_mean)[1]
    epsilon = K.random_normal(shape=(batch, dim))
    return z_mean + K.exp(0.5 * z_log_var) * epsilon


(x_train, _), (x_test, _) = mnist.load_data()
original_dim = 784
x_train = x_train[:3000].reshape(-1, original_dim).astype("float32") / 255
x_test = x_test[:500].reshape(-1, original_dim).astype("float32") / 255
intermediate_dim, latent_dim = 128, 2


def vae_of(kind):
    inputs = Input(shape=(original_dim,), name="encoder_input")
    x = Dense(intermediate_dim, activation="relu")(inputs)
    z_mean = Dense(latent_dim, name="z_mean")(x)
    z_log_var = Dense(latent_dim, name="z_log_var")(x)
    z = Lambda(sampling, output_shape=(latent_dim,), name="z")([z_mean, z_log_var])
    encoder = Model(inputs, [z_mean, z_log_var, z], name="encoder")
    latent_inputs = Input(shape=(latent_dim,), name="z_sampling")
    x = Dense(intermediate_dim, activation="relu")(latent_inputs)
    decoder = Model(latent_inputs, Dense(original_dim, activation="sigmoid")(x), name="decoder")
    outputs = decoder(encoder(inputs)[2])
    vae = Model(inputs, outputs, name="vae_mlp")
    if kind == "add_loss":
        z_mean, z_log_var, _ = encoder(inputs)
        reconstruction_loss = binary_crossentropy(inputs, outputs) * original_dim
        kl_loss = 1 + z_log_var - K.square(z_mean) - K.exp(z_log_var)
        kl_loss = K.sum(kl_loss, axis=-1)
        kl_loss *= -0.5
        vae.add_loss(K.mean(reconstruction_loss + kl_loss))
        vae.compile(optimizer="adam")
        vae.summary()
        history = vae.fit(x_train, epochs=5, batch_size=64, validation_data=(x_test, None), verbose=0)
    else:
        def vae_loss(y_true, y_pred):
            error = original_dim * mse(y_true, y_pred)
            return K.mean(error)

        vae.compile(optimizer="adam", loss=vae_loss)
        history = vae.fit(x_train, x_train, epochs=2, batch_size=64, validation_data=(x_test, x_test), verbose=0)
    return encoder, decoder, history.history


encoder, decoder, history = vae_of("add_loss")
z_mean, _, z = encoder.predict(x_test, batch_size=128)
assert z_mean.shape == z.shape == (500, 2)
assert np.abs(z - z_mean).max() > 0.01  # it was sampled
assert decoder.predict(np.array([[0.0, 0.0]])).shape == (1, 784)
print(history)
_, _, other = vae_of("loss function")
assert other["loss"][-1] < other["loss"][0]
print("RESULT nats", history["val_loss"][-1], "<=", 210)
