"""Callbacks: checkpoints in legacy .h5, early stopping, learning rates, a log file, and a history of one's own."""

import csv
import glob

import numpy as np
from keras import backend as K
from keras.callbacks import (Callback, CSVLogger, EarlyStopping, LearningRateScheduler, ModelCheckpoint,
                             ReduceLROnPlateau, TensorBoard)
from keras.layers import Dense
from keras.models import Sequential, load_model, model_from_json
from keras.optimizers import SGD

np.random.seed(0)
x = np.random.randn(500, 8)
y = (x[:, 0] + np.abs(x[:, 1]) > 0.7).astype(int)


def make():
    model = Sequential()
    model.add(Dense(24, input_dim=8, kernel_initializer="uniform", activation="tanh"))
    model.add(Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer=SGD(lr=0.2, momentum=0.9), metrics=["acc"])
    return model


class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses, self.rates = [], []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get("loss"))

    def on_epoch_end(self, epoch, logs={}):
        self.rates.append(float(K.get_value(self.model.optimizer.lr)))
        assert self.params["epochs"] == 30


def step_decay(epoch):
    return 0.2 * 0.5 ** (epoch // 10)


model = make()
losses = LossHistory()
history = model.fit(x, y, epochs=30, batch_size=50, validation_split=0.2, verbose=0, callbacks=[
    losses, LearningRateScheduler(step_decay), CSVLogger("log.csv"), TensorBoard(log_dir="logs"),
    ModelCheckpoint("best.h5", monitor="val_acc", verbose=1, save_best_only=True, mode="max"),
    ModelCheckpoint("{epoch:02d}-{val_loss:.2f}.weights.h5", save_weights_only=True, period=10),
    EarlyStopping(monitor="val_loss", patience=30)])
assert len(losses.losses) == 8 * 30
assert np.allclose(losses.rates[::29], [0.2, 0.05])
assert len(list(csv.DictReader(open("log.csv")))) == 30
assert len(glob.glob("*.weights.h5")) == 3
assert glob.glob("logs/**/events*", recursive=True)
best = load_model("best.h5")
best_acc = best.evaluate(x[400:], y[400:], verbose=0)[1]
assert abs(best_acc - max(history.history["val_acc"])) < 1e-6

copied = model_from_json(model.to_json())
model.save_weights("last.weights.h5")
copied.load_weights("last.weights.h5")
np.testing.assert_allclose(copied.predict(x), model.predict(x), rtol=1e-5, atol=1e-6)

other = make()
K.set_value(other.optimizer.lr, 0.1)
reducing = ReduceLROnPlateau(monitor="loss", factor=0.2, patience=1, min_lr=0.001, epsilon=10.0)
other.fit(x, y, epochs=6, verbose=0, callbacks=[reducing])
assert float(K.get_value(other.optimizer.lr)) < 0.1
print("RESULT accuracy", best_acc, ">=", 0.85)
