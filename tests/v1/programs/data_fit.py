"""tf.keras fed by datasets: fit on an endless one, validation and evaluation on one that ends."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(8)
rng = np.random.RandomState(0)
x = rng.randn(640, 10).astype(np.float32)
y = (x.sum(axis=1) > 0).astype(np.int32)

train = tf.data.Dataset.from_tensor_slices((x[:512], y[:512])).shuffle(512).repeat().batch(32).prefetch(1)
test = tf.data.Dataset.from_tensor_slices((x[512:], y[512:])).batch(32)

model = tf.keras.Sequential([
    tf.keras.layers.Dense(16, activation="relu", input_shape=(10,)),
    tf.keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(train, epochs=8, steps_per_epoch=16, validation_data=test, validation_steps=4, verbose=0)
assert len(history.history["loss"]) == 8
result = model.evaluate(test, steps=4, verbose=0)
print("RESULT accuracy %.4f >= 0.9" % result[1])
