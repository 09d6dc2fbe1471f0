"""train_and_evaluate: a linear regression on feature columns, evaluated as it is saved, exported at the end."""

import os
import tempfile

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
fc = tf.feature_column
folder = tempfile.mkdtemp()
rng = np.random.RandomState(0)
PRICES = {"oak": 3.0, "ash": 1.0, "elm": -2.0}


def boards(count):
    wood = rng.choice(sorted(PRICES), count)
    size = rng.uniform(0, 1, (count, 2)).astype(np.float32)
    price = size.dot([2.0, -1.0]) + np.array([PRICES[w] for w in wood]) + 0.5
    return {"size": size, "wood": wood}, price.astype(np.float32)


columns = [fc.numeric_column("size", shape=(2,)),
           fc.categorical_column_with_vocabulary_list("wood", sorted(PRICES))]
x, y = boards(512)
test_x, test_y = boards(128)
train_input = tf.estimator.inputs.numpy_input_fn(x, y, batch_size=64, num_epochs=None, shuffle=True)
test_input = tf.estimator.inputs.numpy_input_fn(test_x, test_y, batch_size=128, num_epochs=1, shuffle=False)


def serving_input():
    size = tf.placeholder(tf.float32, [None, 2])
    wood = tf.placeholder(tf.string, [None])
    return tf.estimator.export.ServingInputReceiver({"size": size, "wood": wood}, {"size": size, "wood": wood})


config = tf.estimator.RunConfig(os.path.join(folder, "model"), tf_random_seed=1, save_checkpoints_steps=100)
model = tf.estimator.LinearRegressor(columns, optimizer=tf.train.AdamOptimizer(0.1), config=config)
exporter = tf.estimator.FinalExporter("served", serving_input)
result, exports = tf.estimator.train_and_evaluate(
    model, tf.estimator.TrainSpec(train_input, max_steps=400),
    tf.estimator.EvalSpec(test_input, steps=None, exporters=exporter, throttle_secs=0))
print(result)
assert result["global_step"] == 400

weights = model.get_variable_value("linear/linear_model/size/weights")
print("weights", weights.ravel())
assert np.abs(weights.ravel() - [2.0, -1.0]).max() < 0.2

with tf.Session(graph=tf.Graph()) as sess:
    loaded = tf.saved_model.loader.load(sess, [tf.saved_model.tag_constants.SERVING], exports[0].decode())
    signature = loaded.signature_def["predict"]
    fed = {signature.inputs["size"].name: test_x["size"][:4], signature.inputs["wood"].name: test_x["wood"][:4]}
    served = sess.run(signature.outputs["predictions"].name, fed)
direct = [p["predictions"][0] for p in model.predict(test_input)][:4]
print("served", served.ravel(), "direct", direct)
assert np.allclose(served.ravel(), direct, atol=1e-5)
print("RESULT average_loss %.5f <= 0.02" % result["average_loss"])
