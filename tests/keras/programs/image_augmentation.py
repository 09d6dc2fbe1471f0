"""Digits, shifted, turned and normalized as ImageDataGenerator does, by fit_generator and by the loop by hand."""
import random

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator
from keras.utils import to_categorical

random.seed(0)
np.random.seed(0)
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train[:1000, ..., None].astype('float32') / 255
x_test = x_test[:300, ..., None].astype('float32') / 255
y_train, y_test = to_categorical(y_train[:1000], 10), to_categorical(y_test[:300], 10)
datagen = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True, rotation_range=8,
                             width_shift_range=0.08, height_shift_range=0.08, zoom_range=0.1, shear_range=5,
                             horizontal_flip=False, fill_mode='nearest', validation_split=0.1)
datagen.fit(x_train)
model = Sequential()
model.add(Conv2D(12, (3, 3), padding='same', input_shape=x_train.shape[1:]))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Conv2D(16, (3, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(10))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
K.set_value(model.optimizer.lr, 0.004)
train = datagen.flow(x_train, y_train, batch_size=50, subset='training', seed=1)
held = datagen.flow(x_train, y_train, batch_size=50, subset='validation', shuffle=False)
print(len(train), len(held), train.n, held.n)
model.fit_generator(train, epochs=3, validation_data=held, workers=1, verbose=2)
batches = 0
for x_batch, y_batch in datagen.flow(x_train, y_train, batch_size=100):
    model.train_on_batch(x_batch, y_batch)
    batches += 1
    if batches >= 5:
        break
print(x_batch.shape, x_batch.dtype)
scores = model.evaluate_generator(datagen.flow(x_test, y_test, batch_size=100, shuffle=False))
x = datagen.standardize(x_test.copy())
plain = model.evaluate(x, y_test, verbose=0)
print(scores[1], plain[1])
print("RESULT accuracy", plain[1], ">=", 0.8)
