"""A network as Keras 1's examples wrote it: nb_filter, border_mode, nb_epoch, regularizers by letter."""
from __future__ import print_function

import random

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Activation, Convolution2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.regularizers import l2
from keras.utils import np_utils

random.seed(0)
np.random.seed(1337)
nb_classes, nb_filters, kernel_size = 10, 8, (3, 3)
(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train, y_train, X_test, y_test = X_train[:2000], y_train[:2000], X_test[:500], y_test[:500]
if K.image_data_format() == 'channels_first':
    X_train = X_train.reshape(X_train.shape[0], 1, 28, 28)
    X_test = X_test.reshape(X_test.shape[0], 1, 28, 28)
    input_shape = (1, 28, 28)
else:
    X_train = X_train.reshape(X_train.shape[0], 28, 28, 1)
    X_test = X_test.reshape(X_test.shape[0], 28, 28, 1)
    input_shape = (28, 28, 1)
X_train, X_test = X_train.astype('float32') / 255, X_test.astype('float32') / 255
Y_train, Y_test = np_utils.to_categorical(y_train, nb_classes), np_utils.to_categorical(y_test, nb_classes)
model = Sequential()
model.add(Convolution2D(nb_filters, kernel_size[0], kernel_size[1], border_mode='valid', input_shape=input_shape))
model.add(Activation('relu'))
model.add(Convolution2D(nb_filters, 3, 3, subsample=(2, 2), init='he_normal'))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2), border_mode='same'))
model.add(Dropout(p=0.25))
model.add(Flatten())
model.add(Dense(output_dim=32, init='uniform', W_regularizer=l2(1e-4)))
model.add(Activation('relu'))
model.add(Dense(nb_classes))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adadelta', metrics=['accuracy'])
history = model.fit(X_train, Y_train, batch_size=32, nb_epoch=4, verbose=1, validation_data=(X_test, Y_test))
score = model.evaluate(X_test, Y_test, verbose=0)
print([layer.output_shape for layer in model.layers][:3], model.metrics_names)
print('Test score:', score[0], history.history['val_acc'] if 'val_acc' in history.history else '')
print("RESULT accuracy", score[1], ">=", 0.8)
