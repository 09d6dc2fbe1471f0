"""Images in one binary file, a label byte before each, as CIFAR-10 has them: read, cropped, shuffled, classified."""

import os
import tempfile

import numpy as np
import tensorflow as tf

HEIGHT, WIDTH, DEPTH, CLASSES = 12, 12, 3, 3
rng = np.random.RandomState(1)
folder = tempfile.mkdtemp()
for part in range(2):
    with open(os.path.join(folder, "data_batch_%d.bin" % (part + 1)), "wb") as out:
        for _ in range(150):
            label = rng.randint(CLASSES)
            image = rng.randint(0, 90, (DEPTH, HEIGHT, WIDTH))
            image[label] += 80  # each class has a colour
            out.write(bytes(bytearray([label])) + image.astype(np.uint8).tobytes())


class Record(object):
    pass


def read_cifar(filename_queue):
    result = Record()
    record_bytes = 1 + HEIGHT * WIDTH * DEPTH
    reader = tf.FixedLengthRecordReader(record_bytes=record_bytes)
    result.key, value = reader.read(filename_queue)
    raw = tf.decode_raw(value, tf.uint8)
    result.label = tf.cast(tf.strided_slice(raw, [0], [1]), tf.int32)
    depth_major = tf.reshape(tf.strided_slice(raw, [1], [record_bytes]), [DEPTH, HEIGHT, WIDTH])
    result.uint8image = tf.transpose(depth_major, [1, 2, 0])
    return result


tf.set_random_seed(4)
filenames = [os.path.join(folder, "data_batch_%d.bin" % i) for i in (1, 2)]
for f in filenames:
    if not tf.gfile.Exists(f):
        raise ValueError("Failed to find file: " + f)
read = read_cifar(tf.train.string_input_producer(filenames))
image = tf.random_crop(tf.cast(read.uint8image, tf.float32), [8, 8, DEPTH])
image = tf.image.random_flip_left_right(image)
image = tf.image.per_image_standardization(image)
image.set_shape([8, 8, DEPTH])
read.label.set_shape([1])
images, label_batch = tf.train.shuffle_batch([image, read.label], batch_size=32, num_threads=2, capacity=160,
                                             min_after_dequeue=64)
labels = tf.reshape(label_batch, [32])
net = tf.reduce_mean(images, [1, 2])
logits = tf.layers.dense(net, CLASSES)
loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
train = tf.train.AdamOptimizer(0.1).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess, coord)
    losses = [sess.run([train, loss])[1] for _ in range(60)]
    coord.request_stop()
    coord.join(threads)
print("RESULT loss %.4f <= 0.1" % np.mean(losses[-10:]))
