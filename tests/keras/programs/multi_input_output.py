"""Two inputs and two outputs: an embedded headline with an LSTM, other features beside it, and an auxiliary loss."""

import numpy as np
from keras import layers
from keras.layers import LSTM, Dense, Embedding, Input, concatenate
from keras.models import Model

np.random.seed(0)
headlines = np.random.randint(1, 50, size=(800, 10))
extra = np.random.randn(800, 5)
labels = ((headlines < 10).sum(axis=1) >= 2).astype(int)
amount = extra.sum(axis=1, keepdims=True) + labels[:, None]

main_input = Input(shape=(10,), dtype="int32", name="main_input")
x = Embedding(output_dim=16, input_dim=50, input_length=10)(main_input)
lstm_out = LSTM(16)(x)
auxiliary_output = Dense(1, activation="sigmoid", name="aux_output")(lstm_out)
auxiliary_input = Input(shape=(5,), name="aux_input")
x = concatenate([lstm_out, auxiliary_input])
x = Dense(32, activation="relu")(x)
x = layers.add([x, Dense(32, activation="relu")(x)])
main_output = Dense(1, name="main_output")(x)
model = Model(inputs=[main_input, auxiliary_input], outputs=[main_output, auxiliary_output])
model.compile(optimizer="adam", loss={"main_output": "mse", "aux_output": "binary_crossentropy"},
              loss_weights={"main_output": 1.0, "aux_output": 0.5}, metrics={"aux_output": "accuracy"})
history = model.fit({"main_input": headlines, "aux_input": extra}, {"main_output": amount, "aux_output": labels},
                    epochs=20, batch_size=32, verbose=0, validation_split=0.1)
assert {"loss", "main_output_loss", "aux_output_loss", "val_aux_output_loss"} <= set(history.history)
found = dict(zip(model.metrics_names, model.evaluate([headlines, extra], [amount, labels], verbose=0)))
again = model.evaluate([headlines, extra], [amount, labels], verbose=0)
print(model.metrics_names, again)
assert len(again) == 4
first, second = model.predict([headlines, extra], batch_size=100)
assert first.shape == second.shape == (800, 1)
accuracy = float(((second[:, 0] > 0.5) == labels).mean())
print("RESULT accuracy", accuracy, ">=", 0.92)
