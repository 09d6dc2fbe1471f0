"""TextVectorization: texts as the places of their words in a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.keras import ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.preprocessing.lookups import (
    NOT_COUNTED,
    StringLookup,
    batches_of,
    check_choice,
    is_whole,
    listed,
    output_mode_of,
    tokens_as,
)
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object
from hornbeam.ops.moving import pad
from hornbeam.ops.ragged_tensor import RaggedTensor
from hornbeam.ops.regex import regex_replace
from hornbeam.ops.sparse import from_dense, to_dense
from hornbeam.ops.string_joining import string_split_v2_op
from hornbeam.ops.string_ngrams import string_ngrams_op, unicode_split_op
from hornbeam.ops.strings import lower

_PUNCTUATION = r"""[!"#$%&()\*\+,-\./:;<=>?@\[\\\]^_`{|}~\']"""


@keras_export("layers.TextVectorization")
class TextVectorization(Layer):
    """Texts as vectors of the places of their words in a vocabulary.

    A text is standardized, split into words (and runs of words), and each is looked up.

    max_tokens: how many places at most. standardize: 'lower_and_strip_punctuation', 'lower', 'strip_punctuation',
    None or a function of the tensor of texts. split: 'whitespace', 'character', None (the last dimension holds words
    already) or a function that gives a dense or sparse tensor. ngrams: also runs of up to so many words, or of the
    lengths in a tuple. output_mode: 'int' (place 0 is padding, 1 stands for unknown words), or one vector a text:
    'multi_hot', 'count' or 'tf_idf'. output_sequence_length: with 'int', how many words are kept; else as many as the
    longest text of a batch has. ragged: with 'int', rows are as long as their texts.
    vocabulary, idf_weights, pad_to_max_tokens: as for `StringLookup`. Without a
    vocabulary `adapt(data)` makes one. Works within `Dataset.map` too. Raises ValueError for arguments that do not go
    together.

    >>> layer = TextVectorization(vocabulary=["good", "day"])
    >>> layer(["Good day!", "bad"]).numpy().tolist()
    [[2, 3], [1, 0]]
    """

    def __init__(self, max_tokens: int | None = None, standardize: Any = "lower_and_strip_punctuation",
                 split: Any = "whitespace", ngrams: Any = None, output_mode: str = "int",
                 output_sequence_length: int | None = None, pad_to_max_tokens: bool = False, vocabulary: Any = None,
                 idf_weights: Any = None, sparse: bool = False, ragged: bool = False, encoding: str = "utf-8",
                 name: str | None = None, **kwargs: Any) -> None:
        kind = type(self).__name__
        for what, value, known in (("standardize", standardize, ("lower_and_strip_punctuation", "lower",
                                                                 "strip_punctuation")),
                                   ("split", split, ("whitespace", "character"))):
            if value is not None and not callable(value):
                check_choice(value, known, kind, what, "If a callable is passed, it is called. `None` is allowed. ")
        output_mode = output_mode_of(output_mode, kind)
        if not (ngrams is None or isinstance(ngrams, int)
                or (isinstance(ngrams, tuple) and all(isinstance(n, int) for n in ngrams))):
            raise ValueError("`ngrams` must be None, an integer, or a tuple of integers. Received: "
                             f"ngrams={ngrams}")
        if output_mode == "int" and not (output_sequence_length is None or isinstance(output_sequence_length, int)):
            raise ValueError("`output_sequence_length` must be either None or an integer when `output_mode` is 'int'. "
                             f"Received: output_sequence_length={output_sequence_length}")
        if output_mode != "int" and output_sequence_length is not None:
            raise ValueError("`output_sequence_length` must not be set if `output_mode` is not 'int'. Received "
                             f"output_sequence_length={output_sequence_length}.")
        if ragged and output_mode != "int":
            raise ValueError("`ragged` must not be true if `output_mode` is not `'int'`. Received: "
                             f"ragged={ragged} and output_mode={output_mode}")
        given = kwargs.pop("has_input_vocabulary", vocabulary is not None)
        size = kwargs.pop("vocabulary_size", None)
        super().__init__(name=name, **kwargs)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.supports_jit = False
        self._standardize, self._split, self._ngrams, self._encoding = standardize, split, ngrams, encoding
        self._ragged = ragged
        self._output_mode, self._length = output_mode, output_sequence_length
        self._widths = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
        self._lookup_layer = StringLookup(max_tokens, vocabulary=vocabulary, idf_weights=idf_weights, mask_token="",
                                          pad_to_max_tokens=pad_to_max_tokens, output_mode=output_mode, sparse=sparse,
                                          encoding=encoding, has_input_vocabulary=given, vocabulary_size=size)

    @property
    def compute_dtype(self) -> str:
        return "string"

    @property
    def variable_dtype(self) -> str:
        return "string"

    # The vocabulary ----------------------------------------------------------------------------------

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Makes the words of `data` the vocabulary, the most frequent first.

        data: texts in an array, a list or a tensor, or a dataset or another iterable of batches of them, of which
        `steps` are taken. Raises ValueError for a layer whose vocabulary was given.
        """
        self.reset_state()
        if is_whole(data):
            texts = tokens_as(data, dtypes.string)
            self.update_state(ops.expand_dims(texts, -1) if texts.shape.rank == 1 else texts)
        else:
            for batch in batches_of(data, steps):
                self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Counts the words of a batch of texts."""
        self._lookup_layer.update_state(self._words(data))

    def finalize_state(self) -> None:
        """Makes the vocabulary of what was counted."""
        self._lookup_layer.finalize_state()

    def reset_state(self) -> None:
        """Forgets what was counted."""
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The words in the order of their places; padding and the unknown word first, if wanted."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """How many places there are, those of padding and of unknown words included."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Makes these words the vocabulary; see `StringLookup.set_vocabulary`."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights=idf_weights)

    # Texts -------------------------------------------------------------------------------------------

    def _words(self, inputs: Any) -> Any:
        """The words of the texts: a dense tensor where nothing is split, else what the split gives."""
        texts = tokens_as(inputs, dtypes.string)
        how = self._standardize
        if how in ("lower", "lower_and_strip_punctuation"):
            texts = lower(texts)
        if how in ("strip_punctuation", "lower_and_strip_punctuation"):
            texts = regex_replace(texts, _PUNCTUATION, "")
        if callable(how):
            texts = tokens_as(how(texts), dtypes.string)
        if self._split is not None:
            texts = self._parts(texts)
        return texts if self._widths is None else _ngrams(texts, self._widths)

    def _parts(self, texts: Any) -> Any:
        rank = texts.shape.rank
        if rank is not None and rank > 1:
            if texts.shape[-1] != 1:
                raise ValueError("When using `TextVectorization` to tokenize strings, the input rank must be 1 or the "
                                 f"last shape dimension must be 1. Received: inputs.shape={texts.shape} with "
                                 f"rank={rank}")
            texts = ops.squeeze(texts, axis=-1)
        if callable(self._split):
            return self._split(texts)
        one = texts.shape.rank == 0
        vector = ops.reshape(texts, (1,)) if one else texts
        made = SparseTensor(*(unicode_split_op(vector) if self._split == "character"
                              else string_split_v2_op(vector, "")))
        return made.values if one else made

    def call(self, inputs: Any) -> Any:
        places = self._lookup_layer.lookup(self._words(inputs)) if self._output_mode == "int" else None
        if places is None:
            return self._vectors(self._words(inputs))
        if isinstance(places, SparseTensor) and self._ragged:
            rows = RaggedTensor.from_sparse(places)
            return rows if self._length is None else rows[:, :self._length]
        if isinstance(places, SparseTensor):
            places = to_dense(places, 0)
        return places if self._length is None else _of_length(places, self._length)

    def _vectors(self, words: Any) -> Any:
        if not isinstance(words, SparseTensor):
            return self._lookup_layer.call(words)
        self._lookup_layer.check_ready()
        return self._lookup_layer.encode(to_dense(self._lookup_layer.lookup(words), NOT_COUNTED))

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = tuple(input_shape)
        if self._output_mode == "int":
            return (shape[0], self._length)
        if self._split is not None:
            shape = (*shape, None)
        elif len(shape) <= 1:
            shape = (*shape, 1)
        return self._lookup_layer.compute_output_shape(shape)

    def compute_output_spec(self, inputs: Any) -> Any:
        dtype = "int64" if self._output_mode == "int" else floatx()
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype=dtype)

    # Keeping it --------------------------------------------------------------------------------------

    def build(self, input_shape: Any = None) -> None:
        """Nothing is to be made."""

    def get_config(self) -> dict[str, Any]:
        found = self._lookup_layer
        return {**super().get_config(), "max_tokens": found.max_tokens, "standardize": self._standardize,
                "split": self._split, "ngrams": self._ngrams, "output_mode": self._output_mode,
                "output_sequence_length": self._length, "pad_to_max_tokens": found.pad_to_max_tokens,
                "sparse": found.sparse, "ragged": self._ragged, "vocabulary": listed(found.input_vocabulary),
                "idf_weights": listed(found.input_idf_weights), "encoding": self._encoding,
                "vocabulary_size": self.vocabulary_size()}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        config = dict(config)
        for name in ("standardize", "split"):
            if not isinstance(config[name], str):
                config[name] = deserialize_keras_object(config[name], custom_objects)
        if isinstance(config["ngrams"], list):
            config["ngrams"] = tuple(config["ngrams"])
        return cls(**config)

    def save_own_variables(self, store: Any) -> None:
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        self._lookup_layer.load_own_variables(store)

    def save_assets(self, dir_path: str) -> None:
        """Writes a learnt vocabulary, a word a line."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path: str) -> None:
        """Reads what `save_assets` wrote."""
        self._lookup_layer.load_assets(dir_path)


def _ngrams(words: Any, widths: tuple[int, ...]) -> SparseTensor:
    """Runs of neighbouring words of each row, of these lengths, joined by a space."""
    if not isinstance(words, SparseTensor):
        words = from_dense(ops.expand_dims(words, 0) if words.shape.rank == 1 else words)
    rows = words.dense_shape[0]
    splits = ops.searchsorted(words.indices[:, 0], ops.arange(rows + 1))
    found, ends = string_ngrams_op(words.values, ops.cast(splits, "int64"), separator=" ", ngram_widths=widths,
                                   left_pad="", right_pad="", pad_width=0, preserve_short_sequences=False)
    counts = ends[1:] - ends[:-1]
    row = ops.searchsorted(ends, ops.arange(ops.size(found), dtype="int64"), side="right") - 1
    row = ops.cast(row, "int64")
    place = ops.arange(ops.size(found), dtype="int64") - ops.take(ends, row)
    return SparseTensor(ops.stack([row, place], axis=1), found,
                        ops.stack([rows, ops.max(ops.concatenate([counts, np.zeros(1, np.int64)]))]))


def _of_length(places: Any, length: int) -> Any:
    """Rows cut off, or filled up with zeros, to so many places."""
    kept = places[..., :length]
    rank = kept.shape.rank or 1
    made = pad(kept, [[0, 0]] * (rank - 1) + [[0, length - ops.shape(kept)[-1]]])
    made.set_shape([*places.shape.as_list()[:-1], length])
    return made
