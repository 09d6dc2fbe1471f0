"""The public names of `hornbeam.v1.contrib.crf`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.crf.decoding import CrfDecodeBackwardRnnCell as CrfDecodeBackwardRnnCell
from hornbeam.v1.contrib.crf.decoding import CrfDecodeForwardRnnCell as CrfDecodeForwardRnnCell
from hornbeam.v1.contrib.crf.decoding import crf_decode as crf_decode
from hornbeam.v1.contrib.crf.decoding import viterbi_decode as viterbi_decode
from hornbeam.v1.contrib.crf.scores import CrfForwardRnnCell as CrfForwardRnnCell
from hornbeam.v1.contrib.crf.scores import crf_binary_score as crf_binary_score
from hornbeam.v1.contrib.crf.scores import crf_log_likelihood as crf_log_likelihood
from hornbeam.v1.contrib.crf.scores import crf_log_norm as crf_log_norm
from hornbeam.v1.contrib.crf.scores import crf_multitag_sequence_score as crf_multitag_sequence_score
from hornbeam.v1.contrib.crf.scores import crf_sequence_score as crf_sequence_score
from hornbeam.v1.contrib.crf.scores import crf_unary_score as crf_unary_score
