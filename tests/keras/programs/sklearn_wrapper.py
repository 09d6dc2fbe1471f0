"""Models as estimators in the manner of scikit-learn: a classifier with labels of its own, a regressor."""
from __future__ import print_function

import random

import numpy as np
from keras import backend as K
from keras.layers import Activation, Dense, Dropout
from keras.models import Sequential
from keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor

random.seed(0)
np.random.seed(0)
x = np.random.randn(300, 5)
y = (x[:, 0] + x[:, 1] > 0).astype(int) + (x[:, 2] > 0.5)


def make_model(units=8, rate=0.0):
    model = Sequential()
    model.add(Dense(units, input_shape=(5,)))
    model.add(Activation('relu'))
    model.add(Dropout(rate))
    model.add(Dense(3))
    model.add(Activation('softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    K.set_value(model.optimizer.lr, 0.02)
    return model


clf = KerasClassifier(make_model, batch_size=32, epochs=20, verbose=0)
print(sorted(clf.get_params()))
clf.fit(x, y)
print(clf.classes_, clf.n_classes_, clf.predict(x[:5]), clf.predict_proba(x[:5]).shape)
score = clf.score(x, y)
clf.set_params(units=16)
assert clf.get_params()['units'] == 16
try:
    clf.check_params({'nonsense': 1})
except ValueError as e:
    print(e)


def regression():
    model = Sequential([Dense(1, input_dim=5)])
    model.compile('sgd', 'mse')
    return model


reg = KerasRegressor(build_fn=regression, epochs=10, verbose=0)
history = reg.fit(x, x[:, 0] * 2)
assert history.history['loss'][-1] < history.history['loss'][0]
print(reg.predict(x[:4]).shape, reg.score(x, x[:, 0] * 2))
print("RESULT accuracy", score, ">=", 0.85)
