"""The public names of `hornbeam.v1.contrib.seq2seq`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.seq2seq.attention import AttentionMechanism as AttentionMechanism
from hornbeam.v1.contrib.seq2seq.attention import BahdanauAttention as BahdanauAttention
from hornbeam.v1.contrib.seq2seq.attention import BahdanauMonotonicAttention as BahdanauMonotonicAttention
from hornbeam.v1.contrib.seq2seq.attention import LuongAttention as LuongAttention
from hornbeam.v1.contrib.seq2seq.attention import LuongMonotonicAttention as LuongMonotonicAttention
from hornbeam.v1.contrib.seq2seq.attention import hardmax as hardmax
from hornbeam.v1.contrib.seq2seq.attention import monotonic_attention as monotonic_attention
from hornbeam.v1.contrib.seq2seq.attention import safe_cumprod as safe_cumprod
from hornbeam.v1.contrib.seq2seq.attention_wrapper import AttentionWrapper as AttentionWrapper
from hornbeam.v1.contrib.seq2seq.attention_wrapper import AttentionWrapperState as AttentionWrapperState
from hornbeam.v1.contrib.seq2seq.beam_search import BeamSearchDecoder as BeamSearchDecoder
from hornbeam.v1.contrib.seq2seq.beam_search import BeamSearchDecoderOutput as BeamSearchDecoderOutput
from hornbeam.v1.contrib.seq2seq.beam_search import BeamSearchDecoderState as BeamSearchDecoderState
from hornbeam.v1.contrib.seq2seq.beam_search import FinalBeamSearchDecoderOutput as FinalBeamSearchDecoderOutput
from hornbeam.v1.contrib.seq2seq.beam_search import tile_batch as tile_batch
from hornbeam.v1.contrib.seq2seq.decoder import BasicDecoder as BasicDecoder
from hornbeam.v1.contrib.seq2seq.decoder import BasicDecoderOutput as BasicDecoderOutput
from hornbeam.v1.contrib.seq2seq.decoder import Decoder as Decoder
from hornbeam.v1.contrib.seq2seq.decoder import dynamic_decode as dynamic_decode
from hornbeam.v1.contrib.seq2seq.helpers import CustomHelper as CustomHelper
from hornbeam.v1.contrib.seq2seq.helpers import GreedyEmbeddingHelper as GreedyEmbeddingHelper
from hornbeam.v1.contrib.seq2seq.helpers import Helper as Helper
from hornbeam.v1.contrib.seq2seq.helpers import InferenceHelper as InferenceHelper
from hornbeam.v1.contrib.seq2seq.helpers import SampleEmbeddingHelper as SampleEmbeddingHelper
from hornbeam.v1.contrib.seq2seq.helpers import ScheduledEmbeddingTrainingHelper as ScheduledEmbeddingTrainingHelper
from hornbeam.v1.contrib.seq2seq.helpers import ScheduledOutputTrainingHelper as ScheduledOutputTrainingHelper
from hornbeam.v1.contrib.seq2seq.helpers import TrainingHelper as TrainingHelper
from hornbeam.v1.contrib.seq2seq.loss import sequence_loss as sequence_loss
from typing import Any

def gather_tree(step_ids: Any, parent_ids: Any, max_sequence_lengths: Any, end_token: Any, name: str | None = None) -> Any:
    r"""The ids of each beam, from the ids of each step and the beams that these went on from."""
