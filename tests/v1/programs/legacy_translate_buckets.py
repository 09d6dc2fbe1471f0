"""The translation tutorial of 2016: embedding_attention_seq2seq in buckets, a training step for each."""

import numpy as np
import tensorflow as tf
from tensorflow.contrib import legacy_seq2seq

PAD_ID, GO_ID, EOS_ID, VOCAB = 0, 1, 2, 9
_buckets = [(3, 4), (5, 6)]
rng = np.random.RandomState(7)


class Seq2SeqModel(object):

    def __init__(self, size, batch_size, forward_only, reuse):
        self.encoder_inputs, self.decoder_inputs, self.target_weights = [], [], []
        for i in range(_buckets[-1][0]):
            self.encoder_inputs.append(tf.placeholder(tf.int32, shape=[None], name="encoder{0}".format(i)))
        for i in range(_buckets[-1][1] + 1):
            self.decoder_inputs.append(tf.placeholder(tf.int32, shape=[None], name="decoder{0}".format(i)))
            self.target_weights.append(tf.placeholder(tf.float32, shape=[None], name="weight{0}".format(i)))
        targets = [self.decoder_inputs[i + 1] for i in range(len(self.decoder_inputs) - 1)]

        def seq2seq_f(encoder_inputs, decoder_inputs):
            return legacy_seq2seq.embedding_attention_seq2seq(
                encoder_inputs, decoder_inputs, tf.contrib.rnn.GRUCell(size), num_encoder_symbols=VOCAB,
                num_decoder_symbols=VOCAB, embedding_size=size, feed_previous=forward_only)

        with tf.variable_scope("model", reuse=reuse):
            self.outputs, self.losses = legacy_seq2seq.model_with_buckets(
                self.encoder_inputs, self.decoder_inputs, targets, self.target_weights, _buckets, seq2seq_f)
        if not forward_only:
            params = tf.trainable_variables()
            self.updates = []
            opt = tf.train.AdamOptimizer(0.01)
            for b in range(len(_buckets)):
                gradients = tf.gradients(self.losses[b], params)
                clipped, _ = tf.clip_by_global_norm(gradients, 5.0)
                self.updates.append(opt.apply_gradients(zip(clipped, params)))

    def feed(self, batch, bucket_id):
        encoder_size, decoder_size = _buckets[bucket_id]
        feed = {}
        encoder = [(source + [PAD_ID] * encoder_size)[:encoder_size][::-1] for source, _ in batch]
        decoder = [([GO_ID] + target + [PAD_ID] * decoder_size)[:decoder_size + 1] for _, target in batch]
        for i in range(encoder_size):
            feed[self.encoder_inputs[i]] = [row[i] for row in encoder]
        for i in range(decoder_size + 1):
            feed[self.decoder_inputs[i]] = [row[i] for row in decoder]
            feed[self.target_weights[i]] = [1.0 if i < decoder_size and row[i + 1] != PAD_ID else 0.0
                                            for row in decoder]
        return feed


def get_batch(bucket_id, batch_size=32):
    """Sentences, and the same with each word replaced by the next one."""
    longest = _buckets[bucket_id][0]
    pairs = []
    for _ in range(batch_size):
        words = rng.randint(3, VOCAB, size=rng.randint(longest - 1, longest + 1))
        pairs.append((list(words), [3 + (w - 2) % (VOCAB - 3) for w in words] + [EOS_ID]))
    return pairs


tf.set_random_seed(7)
train_model = Seq2SeqModel(32, 32, False, None)
test_model = Seq2SeqModel(32, 32, True, True)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(500):
        bucket_id = step % 2
        sess.run(train_model.updates[bucket_id], train_model.feed(get_batch(bucket_id), bucket_id))
    right = []
    for bucket_id in range(2):
        batch = get_batch(bucket_id)
        outputs = sess.run(test_model.outputs[bucket_id], test_model.feed(batch, bucket_id))
        answers = np.argmax(outputs, axis=2).T
        right += [list(answer[:len(target)]) == target for answer, (_, target) in zip(answers, batch)]
print("RESULT sentences %.4f >= 0.8" % np.mean(right))
