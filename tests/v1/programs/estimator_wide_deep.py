"""Wide and deep: ids, buckets, crosses and embeddings of a table of people, read by tf.data from a CSV file."""

import os
import tempfile

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
fc = tf.feature_column
folder = tempfile.mkdtemp()
JOBS = ["clerk", "smith", "nurse", "pilot"]
rng = np.random.RandomState(3)


def write(name, count):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        for _ in range(count):
            age, job, hours = rng.randint(18, 70), rng.choice(JOBS), rng.randint(10, 60)
            rich = (age > 35 and job in ("pilot", "nurse")) or hours > 50
            file.write("%d,%s,%d,%d\n" % (age, job, hours, rich))
    return path


def input_fn(path, epochs, shuffle):
    def parse(line):
        age, job, hours, rich = tf.decode_csv(line, [[0.0], [""], [0.0], [0]])
        return {"age": age, "job": job, "hours": hours}, rich

    dataset = tf.data.TextLineDataset(path)
    if shuffle:
        dataset = dataset.shuffle(2000, seed=5)
    return dataset.map(parse).repeat(epochs).batch(64)


age = fc.numeric_column("age")
hours = fc.numeric_column("hours", normalizer_fn=lambda x: (x - 35.0) / 15.0)
ages = fc.bucketized_column(age, [25, 35, 45, 55])
job = fc.categorical_column_with_vocabulary_list("job", JOBS)
wide = [job, ages, fc.crossed_column([ages, "job"], 100)]
deep = [hours, fc.indicator_column(ages), fc.embedding_column(job, 4)]
model = tf.estimator.DNNLinearCombinedClassifier(
    model_dir=os.path.join(folder, "model"), linear_feature_columns=wide, dnn_feature_columns=deep,
    linear_optimizer=tf.train.FtrlOptimizer(0.1), dnn_optimizer=tf.train.AdagradOptimizer(0.1),
    dnn_hidden_units=[16, 8], config=tf.estimator.RunConfig(tf_random_seed=4))

train, test = write("train.csv", 2000), write("test.csv", 500)
model.train(lambda: input_fn(train, 8, True))
result = model.evaluate(lambda: input_fn(test, 1, False))
for key in sorted(result):
    print("%-22s %s" % (key, result[key]))
assert result["accuracy"] > result["accuracy_baseline"]
print("RESULT auc %.3f >= 0.97" % result["auc"])
