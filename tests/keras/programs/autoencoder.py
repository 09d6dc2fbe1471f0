"""Autoencoders: a dense one with a sparse code, its encoder and decoder as models; a convolutional one."""

import numpy as np
from keras import regularizers
from keras.datasets import mnist
from keras.layers import Conv2D, Dense, Input, MaxPooling2D, UpSampling2D
from keras.models import Model

(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train[:2000].astype("float32") / 255.0
x_test = x_test[:200].astype("float32") / 255.0
flat_train = x_train.reshape((len(x_train), np.prod(x_train.shape[1:])))
flat_test = x_test.reshape((len(x_test), np.prod(x_test.shape[1:])))

encoding_dim = 32
input_img = Input(shape=(784,))
encoded = Dense(encoding_dim, activation="relu", activity_regularizer=regularizers.l1(1e-5))(input_img)
decoded = Dense(784, activation="sigmoid")(encoded)
autoencoder = Model(input_img, decoded)
encoder = Model(input_img, encoded)
encoded_input = Input(shape=(encoding_dim,))
decoder_layer = autoencoder.layers[-1]
decoder = Model(encoded_input, decoder_layer(encoded_input))
autoencoder.compile(optimizer="adadelta", loss="binary_crossentropy")
autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
before = autoencoder.evaluate(flat_test, flat_test, verbose=0)
autoencoder.fit(flat_train, flat_train, epochs=6, batch_size=64, shuffle=True, verbose=0,
                validation_data=(flat_test, flat_test))
after = autoencoder.evaluate(flat_test, flat_test, verbose=0)
codes = encoder.predict(flat_test)
np.testing.assert_allclose(decoder.predict(codes), autoencoder.predict(flat_test), rtol=1e-4, atol=1e-5)
print("dense", before, "->", after)
assert after < 0.35 * before

image = Input(shape=(28, 28, 1))
x = Conv2D(8, (3, 3), activation="relu", padding="same")(image)
x = MaxPooling2D((2, 2), padding="same")(x)
x = Conv2D(4, (3, 3), activation="relu", padding="same")(x)
x = MaxPooling2D((2, 2), padding="same", name="code")(x)
x = Conv2D(4, (3, 3), activation="relu", padding="same")(x)
x = UpSampling2D((2, 2))(x)
x = UpSampling2D((2, 2))(x)
conv = Model(image, Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x))
conv.compile(optimizer="adam", loss="binary_crossentropy")
assert conv.get_layer("code").output_shape == (None, 7, 7, 4)
small = x_train[:400, ..., None]
losses = conv.fit(small, small, epochs=4, batch_size=16, verbose=0).history["loss"]
print("RESULT ratio", losses[-1] / losses[0], "<=", 0.8)
