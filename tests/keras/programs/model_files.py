"""A model written as JSON and YAML with its weights beside it; merges by function, inputs and outputs by name."""
import random

import numpy as np
from keras import backend as K
from keras.layers import (Average, BatchNormalization, Concatenate, Dense, Dot, Input, Lambda, Maximum, Minimum, Multiply,
                          Subtract, add, average, concatenate, dot, maximum, multiply, subtract)
from keras.models import Model, model_from_json
from keras.utils import plot_model

random.seed(0)
np.random.seed(0)
a, b = Input(shape=(4,), name='a'), Input(shape=(4,), name='b')
shared = Dense(6, activation='selu', kernel_initializer='lecun_normal', name='shared')
u, v = shared(a), shared(b)
merged = concatenate([add([u, v]), subtract([u, v]), multiply([u, v]), average([u, v]), maximum([u, v]),
                      dot([u, v], axes=1, normalize=True)])
merged = BatchNormalization(axis=-1, momentum=0.9, epsilon=1e-3)(merged)
out1 = Dense(1, name='score')(merged)
out2 = Dense(2, activation='softmax', name='side')(merged)
model = Model(input=[a, b], output=[out1, out2])
model.compile('rmsprop', loss={'score': 'mse', 'side': 'categorical_crossentropy'}, loss_weights={'score': 1., 'side': 0.2},
              metrics={'side': 'accuracy'})
x = [np.random.randn(300, 4), np.random.randn(300, 4)]
d = ((x[0] - x[1]) ** 2).sum(1, keepdims=True)
s = np.eye(2)[(x[0][:, 0] > x[1][:, 0]).astype(int)]
model.fit({'a': x[0], 'b': x[1]}, {'score': d, 'side': s}, epochs=60, batch_size=20, verbose=0)
values = model.evaluate(x, [d, s], verbose=0)
print(model.metrics_names, len(values))
open('model.json', 'w').write(model.to_json())
model.save_weights('model.h5')
loaded = model_from_json(open('model.json').read())
loaded.load_weights('model.h5')
for p, q in zip(model.predict(x), loaded.predict(x)):
    np.testing.assert_allclose(p, q, rtol=1e-5, atol=1e-5)
loaded.load_weights('model.h5', by_name=True)
trainable = int(np.sum([K.count_params(p) for p in set(model.trainable_weights)]))
frozen = int(np.sum([K.count_params(p) for p in set(model.non_trainable_weights)]))
print(trainable, frozen, model.count_params())
print([w.shape for w in model.get_layer('shared').get_weights()], model.get_layer(index=2).name)
print(shared.get_input_at(0).shape == shared.get_input_at(1).shape, shared.get_output_shape_at(0), model.input_shape,
      model.output_shape)
from keras.models import model_from_yaml
again = model_from_yaml(model.to_yaml())
again.set_weights(model.get_weights())
np.testing.assert_allclose(again.predict(x)[0], model.predict(x)[0], rtol=1e-5, atol=1e-5)
K.clear_session()
print("RESULT accuracy", values[-1], ">=", 0.65)
