"""Keras layers on TensorFlow 1's placeholders, trained by its optimizer in its session."""
import random

import numpy as np
import tensorflow as tf
from keras import backend as K
from keras.layers import Dense, Dropout
from keras.metrics import categorical_accuracy as accuracy
from keras.objectives import categorical_crossentropy

random.seed(0)

sess = tf.Session()
K.set_session(sess)
rng = np.random.RandomState(0)
data = rng.randn(512, 20).astype('float32')
target = np.eye(3)[data[:, :3].argmax(1)]
img = tf.placeholder(tf.float32, shape=(None, 20))
x = Dense(32, activation='relu')(img)
x = Dropout(0.2)(x)
x = Dense(32, activation='relu')(x)
preds = Dense(3, activation='softmax')(x)
labels = tf.placeholder(tf.float32, shape=(None, 3))
loss = tf.reduce_mean(categorical_crossentropy(labels, preds))
train_step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
init_op = tf.global_variables_initializer()
sess.run(init_op)
with sess.as_default():
    for i in range(150):
        b = rng.randint(0, 512, 64)
        train_step.run(feed_dict={img: data[b], labels: target[b], K.learning_phase(): 1})
acc_value = accuracy(labels, preds)
with sess.as_default():
    found = acc_value.eval(feed_dict={img: data, labels: target, K.learning_phase(): 0})
print(found.shape, K.get_session() is sess)
print("RESULT accuracy", found.mean(), ">=", 0.9)
