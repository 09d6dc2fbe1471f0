"""The public names of `hornbeam.v1.nn.seq2seq`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.legacy_seq2seq import attention_decoder as attention_decoder
from hornbeam.v1.contrib.legacy_seq2seq import basic_rnn_seq2seq as basic_rnn_seq2seq
from hornbeam.v1.contrib.legacy_seq2seq import embedding_attention_decoder as embedding_attention_decoder
from hornbeam.v1.contrib.legacy_seq2seq import embedding_attention_seq2seq as embedding_attention_seq2seq
from hornbeam.v1.contrib.legacy_seq2seq import embedding_rnn_decoder as embedding_rnn_decoder
from hornbeam.v1.contrib.legacy_seq2seq import embedding_rnn_seq2seq as embedding_rnn_seq2seq
from hornbeam.v1.contrib.legacy_seq2seq import embedding_tied_rnn_seq2seq as embedding_tied_rnn_seq2seq
from hornbeam.v1.contrib.legacy_seq2seq import model_with_buckets as model_with_buckets
from hornbeam.v1.contrib.legacy_seq2seq import one2many_rnn_seq2seq as one2many_rnn_seq2seq
from hornbeam.v1.contrib.legacy_seq2seq import rnn_decoder as rnn_decoder
from hornbeam.v1.contrib.legacy_seq2seq import sequence_loss as sequence_loss
from hornbeam.v1.contrib.legacy_seq2seq import sequence_loss_by_example as sequence_loss_by_example
from hornbeam.v1.contrib.legacy_seq2seq import tied_rnn_seq2seq as tied_rnn_seq2seq
