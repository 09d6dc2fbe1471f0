"""An auxiliary-classifier GAN: the discriminator also says which class; Embedding and multiply join class and noise."""
from __future__ import print_function

import random

from collections import defaultdict

import numpy as np
from keras import layers
from keras.layers import Dense, Embedding, Flatten, Input
from keras.layers.advanced_activations import LeakyReLU
from keras.models import Model, Sequential
from keras.optimizers import Adam
from keras.utils.generic_utils import Progbar

random.seed(0)
np.random.seed(1337)
num_classes, latent_size, batch_size = 3, 8, 32
centres = np.array([[2.0, 0.0], [-1.0, 1.5], [-1.0, -1.5]])


def build_generator():
    cnn = Sequential()
    cnn.add(Dense(24, input_dim=latent_size, activation='relu'))
    cnn.add(layers.BatchNormalization())
    cnn.add(Dense(2, kernel_initializer='glorot_normal'))
    latent = Input(shape=(latent_size,))
    image_class = Input(shape=(1,), dtype='int32')
    cls = Flatten()(Embedding(num_classes, latent_size, embeddings_initializer='glorot_normal')(image_class))
    h = layers.multiply([latent, cls])
    return Model([latent, image_class], cnn(h))


def build_discriminator():
    cnn = Sequential()
    cnn.add(Dense(24, input_shape=(2,)))
    cnn.add(LeakyReLU(0.2))
    cnn.add(Dense(24))
    cnn.add(LeakyReLU(0.2))
    image = Input(shape=(2,))
    features = cnn(image)
    fake = Dense(1, activation='sigmoid', name='generation')(features)
    aux = Dense(num_classes, activation='softmax', name='auxiliary')(features)
    return Model(image, [fake, aux])


def samples(n):
    labels = np.random.randint(0, num_classes, n)
    return centres[labels] + 0.2 * np.random.randn(n, 2), labels


discriminator = build_discriminator()
discriminator.compile(optimizer=Adam(lr=0.003, beta_1=0.5),
                      loss=['binary_crossentropy', 'sparse_categorical_crossentropy'])
discriminator.summary()
generator = build_generator()
latent = Input(shape=(latent_size,))
image_class = Input(shape=(1,), dtype='int32')
fake = generator([latent, image_class])
discriminator.trainable = False
fake, aux = discriminator(fake)
combined = Model([latent, image_class], [fake, aux])
combined.compile(optimizer=Adam(lr=0.003, beta_1=0.5), loss=['binary_crossentropy', 'sparse_categorical_crossentropy'])
history = defaultdict(list)
for epoch in range(1, 4):
    progress_bar = Progbar(target=80)
    disc, gen = [], []
    for index in range(80):
        x, y = samples(batch_size)
        noise = np.random.uniform(-1, 1, (batch_size, latent_size))
        sampled = np.random.randint(0, num_classes, batch_size)
        generated = generator.predict([noise, sampled.reshape((-1, 1))], verbose=0)
        both = np.concatenate((x, generated))
        soft = np.array([0.95] * batch_size + [0] * batch_size)
        aux_y = np.concatenate((y, sampled), axis=0)
        weights = [np.ones(2 * batch_size),
                   np.concatenate((np.ones(batch_size) * 2, np.zeros(batch_size)))]
        disc.append(discriminator.train_on_batch(both, [soft, aux_y], sample_weight=weights))
        noise = np.random.uniform(-1, 1, (2 * batch_size, latent_size))
        sampled = np.random.randint(0, num_classes, 2 * batch_size)
        trick = np.ones(2 * batch_size) * 0.95
        gen.append(combined.train_on_batch([noise, sampled.reshape((-1, 1))], [trick, sampled]))
        progress_bar.update(index + 1)
    history['disc'].append(np.mean(np.array(disc), axis=0))
    history['gen'].append(np.mean(np.array(gen), axis=0))
    print('{0:<22s} | {1:4s} | {2:15s} | {3:5s}'.format('component', *discriminator.metrics_names))
    print('disc', history['disc'][-1], 'gen', history['gen'][-1])
    test = discriminator.evaluate(x, [np.ones(batch_size), y], verbose=False)
assert len(test) == 3
labels = np.repeat(np.arange(3), 100)
made = generator.predict([np.random.uniform(-1, 1, (300, latent_size)), labels.reshape(-1, 1)])
nearest = ((made[:, None] - centres[None]) ** 2).sum(-1).argmin(1)
print("nearest", np.mean(nearest == labels), np.abs(made).max())
x, y = samples(300)
print("RESULT class", np.mean(discriminator.predict(x)[1].argmax(1) == y), ">=", 0.95)
