"""StringLookup and IntegerLookup: tokens as their places in a vocabulary, and back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.graph.tensor import Tensor
from hornbeam.keras import ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.preprocessing.categories import encoded, refuse_sparse
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import in_safe_mode
from hornbeam.ops.checks import assert_
from hornbeam.ops.compare import equal, select
from hornbeam.ops.hashing import to_hash_bucket_fast, to_hash_bucket_strong
from hornbeam.ops.host import string_format
from hornbeam.ops.identity import identity
from hornbeam.ops.ragged_tensor import RaggedTensor
from hornbeam.ops.selecting import boolean_mask
from hornbeam.ops.strings import as_string
from hornbeam.runtime.graph_functions import control_dependencies
from hornbeam.runtime.lookup import KeyValueTensorInitializer, StaticHashTable

MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
NOT_COUNTED = -1
"""What a masked token is in results that are no integers: it counts nowhere."""


def check_choice(value: Any, known: tuple[str, ...], layer: str, name: str, also: str = "") -> None:
    """Raises ValueError for a value that is none of the known words. also: what else may be given, for the text."""
    if value not in known:
        raise ValueError(f"Unknown value for `{name}` argument of layer {layer}. {also}"
                         f"Allowed values: {known}. Received: {value}")


def output_mode_of(mode: str, layer: str) -> str:
    """The mode under its present name. Raises ValueError for others."""
    mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(mode, mode)
    check_choice(mode, MODES, layer, "output_mode")
    return mode


def is_whole(data: Any) -> bool:
    """Whether what `adapt` is given is all the data at once, not batches."""
    return isinstance(data, (list, tuple, np.ndarray, Tensor, SparseTensor)) or not hasattr(data, "__iter__")


def batches_of(data: Any, steps: int | None) -> Any:
    """The batches of a dataset or another iterable, the first `steps` of them."""
    for i, batch in enumerate(data):
        if steps is not None and i >= steps:
            break
        yield batch


def tokens_as(value: Any, dtype: Any) -> Any:
    """A dense, sparse or ragged tensor of tokens of that dtype."""
    if isinstance(value, RaggedTensor):
        return value.with_flat_values(tokens_as(value.flat_values, dtype))
    if isinstance(value, (SparseTensor, Tensor)):
        return value if value.dtype is dtype else ops.cast(value, dtype.name)
    if dtype.is_integer and np.asarray(value).dtype.kind in "iufb":
        value = np.asarray(value).astype(dtype.np_dtype)
    return convert_to_tensor(value, dtype)


def _rows(data: Any) -> list[list[Any]]:
    """The tokens of each row of a batch; a vector is one row."""
    if isinstance(data, SparseTensor):
        rows: list[list[Any]] = [[] for _ in range(int(np.asarray(data.dense_shape)[0]))]
        for place, token in zip(np.asarray(data.indices)[:, 0].tolist(), np.asarray(data.values).tolist(), strict=True):
            rows[place].append(token)
        return rows
    if isinstance(data, RaggedTensor):
        return data.to_list() if data.shape.rank == 2 else data.merge_dims(1, -1).to_list()
    values = np.asarray(data)
    return values.reshape(len(values) if values.ndim > 1 else 1, -1).tolist()


class _Seen:
    """How often each token was seen, in how many rows, and how many rows there were."""

    def __init__(self) -> None:
        self.tokens: Counter[Any] = Counter()
        self.documents: Counter[Any] = Counter()
        self.document_count = 0

    def add(self, rows: list[list[Any]]) -> None:
        for row in rows:
            self.tokens.update(row)
            self.documents.update(set(row))
        self.document_count += len(rows)


class IndexLookup(Layer):
    """Base: a vocabulary, and the place of each token in it.

    Places begin with the mask token (with the mode 'int', where there is one), then come `num_oov_indices` places for
    tokens that the vocabulary has not, then its tokens.
    """

    def __init__(self, max_tokens: int | None, num_oov_indices: int, mask_token: Any, oov_token: Any,
                 vocabulary_dtype: str, vocabulary: Any = None, idf_weights: Any = None, invert: bool = False,
                 output_mode: str = "int", sparse: bool = False, pad_to_max_tokens: bool = False,
                 oov_method: str = "floormod", name: str | None = None, salt: Any = None, **kwargs: Any) -> None:
        kind = type(self).__name__
        if max_tokens is not None and max_tokens <= 1:
            raise ValueError(f"If set, `max_tokens` must be greater than 1. Received: max_tokens={max_tokens}")
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError("If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None")
        if num_oov_indices < 0:
            raise ValueError("`num_oov_indices` must be greater than or equal to 0. Received: "
                             f"num_oov_indices={num_oov_indices}")
        check_choice(oov_method, ("floormod", "farmhash"), kind, "oov_method")
        self.vocabulary_dtype = dtypes.as_dtype(vocabulary_dtype).name
        self.salt = self._checked_salt(salt, oov_method)
        output_mode = output_mode_of(output_mode, kind)
        if invert and output_mode != "int":
            raise ValueError("`output_mode` must be `'int'` when `invert` is true. Received: "
                             f"output_mode={output_mode}")
        refuse_sparse(sparse)
        if idf_weights is not None and output_mode != "tf_idf":
            raise ValueError("`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: "
                             f"idf_weights={idf_weights} and output_mode={output_mode}")
        self._frozen_vocab_size = kwargs.pop("vocabulary_size", None)
        self._has_input_vocabulary = kwargs.pop("has_input_vocabulary", vocabulary is not None)
        kwargs.pop("trainable", None)
        kwargs.pop("dtype", None)
        if kwargs:
            raise ValueError(f"Unrecognized keyword argument(s): {kwargs}")
        super().__init__(name=name)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.supports_jit = False
        self.invert, self.max_tokens, self.num_oov_indices = invert, max_tokens, num_oov_indices
        self.mask_token, self.oov_token, self.output_mode, self.sparse = mask_token, oov_token, output_mode, sparse
        self.pad_to_max_tokens, self.oov_method = pad_to_max_tokens, oov_method
        # A vocabulary that came as a file goes with the model's files, not with its configuration.
        self.input_vocabulary = None if isinstance(vocabulary, str) else vocabulary
        self.input_idf_weights = idf_weights
        self.idf_weights: np.ndarray | None = None
        self._tokens: list[Any] = []
        self._table: StaticHashTable | None = None
        self._seen = _Seen()
        if output_mode == "tf_idf" and self._has_input_vocabulary and idf_weights is None:
            raise ValueError("When specifying the `vocabulary` argument, in TF-IDF output mode, the `idf_weights` "
                             "argument must also be provided.")
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def _checked_salt(self, salt: Any, oov_method: str) -> list[int] | None:
        if salt is None:
            return None
        if self.vocabulary_dtype != "string" and oov_method != "farmhash":
            raise ValueError(f"`salt` can only be used when `oov_method='farmhash'`. Received: oov_method={oov_method}")
        return two_keys(salt, "IndexLookup")

    # The vocabulary ----------------------------------------------------------------------------------

    @property
    def _oov_start(self) -> int:
        return 1 if self.mask_token is not None and self.output_mode == "int" else 0

    @property
    def _token_start(self) -> int:
        return self._oov_start + self.num_oov_indices

    @property
    def compute_dtype(self) -> str:
        return self.vocabulary_dtype

    @property
    def variable_dtype(self) -> str:
        return self.vocabulary_dtype

    def vocabulary_size(self) -> int:
        """How many places there are, those of the mask and of unknown tokens included."""
        return len(self._tokens) + self._token_start

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The tokens in the order of their places; those of the mask and of unknown tokens first, if wanted."""
        special = [self.mask_token] * self._oov_start + [self.oov_token] * self.num_oov_indices
        return [*(special if include_special_tokens else ()), *self._tokens]

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Makes these tokens the vocabulary: a sequence, an array, a tensor, or the path of a file, a token a line.

        idf_weights: for the mode 'tf_idf', and only there, a weight for each token. The tokens may begin with those
        of the mask and of unknown tokens. Raises ValueError for files that are not there, no tokens, tokens that
        occur twice, special ones elsewhere and more than `max_tokens`; RuntimeError where the size changes after it
        was used.
        """
        if self.output_mode == "tf_idf":
            if idf_weights is None:
                raise ValueError("`idf_weights` must be set if output_mode is 'tf_idf'.")
        elif idf_weights is not None:
            raise ValueError("`idf_weights` should only be set if output_mode is `'tf_idf'`. Received: "
                             f"output_mode={self.output_mode} and idf_weights={idf_weights}")
        if isinstance(vocabulary, str):
            self._set_tokens(self._read(vocabulary))
            return
        given = [self._token(v) for v in np.asarray(vocabulary).reshape(-1).tolist()]
        if not given:
            raise ValueError(f"Cannot set an empty vocabulary. Received: vocabulary={vocabulary}")
        special = [self.mask_token] * self._oov_start + [self.oov_token] * self.num_oov_indices
        whole = given[:len(special)] == special
        tokens = given[len(special):] if whole else given
        self._check_tokens(tokens, given, special)
        weights = None if idf_weights is None else self._checked_weights(np.asarray(idf_weights), len(given), whole)
        self._set_tokens(tokens)
        if weights is not None:
            self.idf_weights = weights

    def _token(self, value: Any) -> Any:
        if self.vocabulary_dtype == "string":
            return value.decode(self._encoding) if isinstance(value, bytes) else str(value)
        return int(value)

    _encoding = "utf-8"

    def _read(self, path: str) -> list[Any]:
        if in_safe_mode():
            raise ValueError("Requested the loading of a vocabulary file outside of the model archive, which could be "
                             "any file of this machine: it is not read. If you trust the source, pass "
                             "`safe_mode=False` to the loading function, or call "
                             f"`keras.config.enable_unsafe_deserialization()`. Vocabulary file: '{path}'")
        if not Path(path).exists():
            raise ValueError(f"Vocabulary file {path} does not exist.")
        if self.output_mode == "tf_idf":
            raise ValueError("output_mode `'tf_idf'` does not support loading a vocabulary from file.")
        return [self._token(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]

    def _check_tokens(self, tokens: list[Any], given: list[Any], special: list[Any]) -> None:
        twice = [token for token, count in Counter(tokens).items() if count > 1]
        if twice:
            raise ValueError("The passed vocabulary has at least one repeated term. Please uniquify your dataset. The "
                             f"repeated terms are: {twice}")
        for what, token, matters in (("mask", self.mask_token, True), ("OOV", self.oov_token, self.invert)):
            if token is not None and matters and token in tokens:
                raise ValueError(f"Found reserved {what} token at unexpected location in `vocabulary`. The vocabulary "
                                 "need not hold the mask and OOV tokens; if it does, it begins with precisely these: "
                                 f"{special}. Received: {what.lower()}_token={token} at vocabulary index "
                                 f"{len(given) - 1 - given[::-1].index(token)}")
        size = self._token_start + len(tokens)
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError("Attempted to set a vocabulary larger than the maximum vocab size. Received vocabulary "
                             f"size is {size}; `max_tokens` is {self.max_tokens}.")

    def _checked_weights(self, weights: np.ndarray, count: int, whole: bool) -> np.ndarray:
        """The weights of all places: those of special tokens are the average of the others, those of no token 0."""
        if len(weights) != count:
            raise ValueError("`idf_weights` must be the same length as vocabulary. len(idf_weights) is "
                             f"{len(weights)}; len(vocabulary) is {count}")
        if weights.ndim != 1:
            raise ValueError(f"TF-IDF data must be a 1-index array. Received an array of shape {weights.shape}")
        return self._filled(weights, 0 if whole else self._token_start)

    def _filled(self, weights: np.ndarray, front: int) -> np.ndarray:
        made = np.concatenate([np.full(front, np.mean(weights)), weights])
        if self.pad_to_max_tokens and self.max_tokens is not None:
            made = np.pad(made, (0, self.max_tokens - len(made)))
        return made.astype(floatx())

    def _set_tokens(self, tokens: list[Any]) -> None:
        self._tokens = tokens
        keys: Any = [t.encode() for t in tokens] if self.vocabulary_dtype == "string" else tokens
        places = np.arange(self._token_start, self._token_start + len(tokens), dtype=np.int64)
        kind = dtypes.as_dtype(self.vocabulary_dtype)
        keys = np.array(keys, object if kind is dtypes.string else kind.np_dtype)
        default = self.oov_token if self.invert else self._oov_start if self.num_oov_indices == 1 else -1
        pairs = (places, keys, dtypes.int64, kind) if self.invert else (keys, places, kind, dtypes.int64)
        self._table = StaticHashTable(KeyValueTensorInitializer(*pairs), default)
        self._keep_size()

    def _keep_size(self) -> None:
        size = self.vocabulary_size()
        if self.output_mode != "int" and not self.pad_to_max_tokens and self._frozen_vocab_size not in (None, size):
            raise RuntimeError(f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, the "
                               "vocabulary size cannot be changed after the layer is called. Old vocab size is "
                               f"{self._frozen_vocab_size}, new vocab size is {size}")
        self._frozen_vocab_size = size

    # Learning it -------------------------------------------------------------------------------------

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Makes the tokens of `data` the vocabulary, the most frequent first (of two as frequent ones the greater).

        data: an array, a list, a tensor, or a dataset or another iterable of batches, of which `steps` are taken. With
        `max_tokens`, so many places are filled. Raises ValueError for a layer whose vocabulary was given.
        """
        self.reset_state()
        if is_whole(data):
            data = tokens_as(data, dtypes.as_dtype(self.vocabulary_dtype))
            self.update_state(ops.expand_dims(data, -1) if data.shape.rank == 1 else data)
        else:
            for batch in batches_of(data, steps):
                self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Counts the tokens of a batch."""
        if self._has_input_vocabulary:
            raise ValueError(f"Cannot adapt layer '{self.name}' after setting a static vocabulary via `vocabulary` "
                             "argument or `set_vocabulary()` method.")
        self._seen.add(_rows(tokens_as(data, dtypes.as_dtype(self.vocabulary_dtype))))

    def finalize_state(self) -> None:
        """Makes the vocabulary of what was counted."""
        if self._has_input_vocabulary or not self._seen.tokens:
            self._keep_size()
            return
        special = [t.encode() if isinstance(t, str) else t for t in (self.mask_token, self.oov_token)]
        counts = self._seen.tokens.items()
        tokens = [t for _, t in sorted(((n, t) for t, n in counts if t not in special), reverse=True)]
        if self.max_tokens:
            tokens = tokens[:max(self.max_tokens - self._token_start, 0)]
        self._set_tokens([self._token(t) for t in tokens])
        if self.output_mode == "tf_idf":
            held = np.array([self._seen.documents[t] for t in tokens], np.float64)
            self.idf_weights = self._filled(np.log(1 + self._seen.document_count / (1 + held)), self._token_start)
        self.reset_state()

    def reset_state(self) -> None:
        """Forgets what was counted."""
        self._seen = _Seen()

    # Looking up --------------------------------------------------------------------------------------

    def call(self, inputs: Any) -> Any:
        self.check_ready()
        kind = dtypes.int64 if self.invert else dtypes.as_dtype(self.vocabulary_dtype)
        places = self.lookup(tokens_as(inputs, kind))
        return places if self.output_mode == "int" else self.encode(places)

    def check_ready(self) -> None:
        """Raises RuntimeError where vectors are wanted and their length is not known yet."""
        if self.output_mode != "int" and self._depth() is None:
            raise RuntimeError(f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, you must "
                               "set the layer's vocabulary before calling it. Either pass a `vocabulary` argument to "
                               "the layer, or call `adapt` with some sample data.")

    def encode(self, places: Any) -> Any:
        """Vectors of places, by the output mode."""
        if isinstance(places, RaggedTensor):
            places = places.to_tensor(NOT_COUNTED)
        counted = "count" if self.output_mode == "tf_idf" else self.output_mode
        made = encoded(places, counted, self._depth() or 0, "int64")
        if self.output_mode != "tf_idf":
            return made
        if self.idf_weights is None:
            raise ValueError("When `output_mode` is `'tf_idf'`, `idf_weights` must be provided.")
        return ops.cast(made, self.idf_weights.dtype.name) * self.idf_weights

    def lookup(self, tokens: Any) -> Any:
        """The places of tokens (or with `invert` the tokens of places), in a tensor of the same shape."""
        if isinstance(tokens, SparseTensor):
            return tokens.with_values(self.lookup(tokens.values))
        if isinstance(tokens, RaggedTensor):
            return tokens.with_flat_values(self.lookup(tokens.flat_values))
        if self._table is None:
            self._set_tokens([])
        assert self._table is not None
        found = self._table.lookup(tokens)
        if self.mask_token is not None:
            masked = equal(tokens, 0 if self.invert else self.mask_token)
            instead: Any = self.mask_token if self.invert else 0 if self.output_mode == "int" else NOT_COUNTED
            found = select(masked, convert_to_tensor(instead, found.dtype), found)
            unknown = None if self.invert else ops.logical_and(ops.equal(found, -1), ops.logical_not(masked))
        else:
            unknown = None if self.invert else ops.equal(found, -1)
        if unknown is None or self.num_oov_indices == 1:
            return found
        if self.num_oov_indices == 0:
            text = string_format("When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values {}, "
                                 "consider setting `num_oov_indices=1`.", (boolean_mask(tokens, unknown),))
            checked = assert_(ops.logical_not(ops.any(unknown)), [text])
            with control_dependencies([] if checked is None else [checked]):
                return identity(found)
        return select(unknown, self._bucket(tokens) + self._oov_start, found)

    def _bucket(self, tokens: Any) -> Any:
        """Which of the places for unknown tokens each would have."""
        count = self.num_oov_indices
        if self.vocabulary_dtype != "string":
            if self.oov_method != "farmhash":
                return tokens % count
            tokens = as_string(tokens)
        if self.salt is not None:
            return to_hash_bucket_strong(tokens, num_buckets=count, key=tuple(self.salt))
        return to_hash_bucket_fast(tokens, num_buckets=count)

    def _depth(self) -> int | None:
        return self.max_tokens if self.pad_to_max_tokens else self._frozen_vocab_size

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = tuple(input_shape)
        if self.output_mode == "int":
            return shape
        if self.output_mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1):
            return (*shape, self._depth())
        return (*shape[:-1], self._depth())

    def compute_output_spec(self, inputs: Any) -> Any:
        dtype = floatx() if self.output_mode != "int" else self.vocabulary_dtype if self.invert else "int64"
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype=dtype)

    # Keeping it --------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        names = ("invert max_tokens num_oov_indices oov_token mask_token output_mode sparse pad_to_max_tokens "
                 "vocabulary_dtype").split()
        return {**super().get_config(), **{name: getattr(self, name) for name in names},
                "idf_weights": listed(self.input_idf_weights), "vocabulary": listed(self.input_vocabulary),
                "vocabulary_size": self._frozen_vocab_size, "oov_method": self.oov_method, "salt": self.salt}

    def get_build_config(self) -> dict[str, Any]:
        return {}

    def build_from_config(self, config: Any) -> None:
        self.build(None)

    def save_own_variables(self, store: Any) -> None:
        if self.output_mode == "tf_idf" and self.idf_weights is not None:
            store["idf_weights"] = self.idf_weights

    def load_own_variables(self, store: Any) -> None:
        if self.output_mode == "tf_idf":
            self.idf_weights = np.asarray(store["idf_weights"])

    def save_assets(self, dir_path: str) -> None:
        """Writes a learnt vocabulary, a token a line."""
        if self.input_vocabulary is None:
            text = "\n".join(str(token) for token in self.get_vocabulary())
            (Path(dir_path) / "vocabulary.txt").write_text(text, encoding="utf-8")

    def load_assets(self, dir_path: str) -> None:
        """Reads what `save_assets` wrote."""
        if self.input_vocabulary is not None:
            return
        lines = (Path(dir_path) / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
        while lines and not lines[-1]:
            lines.pop()
        if lines:
            self.set_vocabulary([self._token(line) for line in lines],
                                self.idf_weights if self.output_mode == "tf_idf" else None)


def listed(value: Any) -> Any:
    """Arrays and tensors as lists, for a configuration."""
    return np.asarray(value).tolist() if isinstance(value, (np.ndarray, Tensor)) else value


def two_keys(salt: Any, layer: str) -> list[int]:
    """The two integers that a hash takes. Raises ValueError for what is neither an integer nor two."""
    if isinstance(salt, (tuple, list)) and len(salt) == 2:
        return list(salt)
    if isinstance(salt, int):
        return [salt, salt]
    raise ValueError(f"The `salt` argument for `{layer}` can only be a tuple of size 2 integers, or a single integer. "
                     f"Received: salt={salt}.")


@keras_export("layers.StringLookup")
class StringLookup(IndexLookup):
    """Strings as their places in a vocabulary, or with `invert` places as strings.

    vocabulary: the tokens, or the path of a file with one a line; without it, `adapt(data)` makes one. max_tokens: how
    many places at most. num_oov_indices: places for strings that the vocabulary has not, chosen by their hash; with
    none of them such strings are an error. mask_token: what has the place 0 ('int') or counts nowhere. oov_token: what
    unknown places are with `invert`. output_mode: 'int' for the places, or vectors as those of `CategoryEncoding`
    ('one_hot', 'multi_hot', 'count'), or 'tf_idf': counts times `idf_weights`. pad_to_max_tokens: vectors of
    `max_tokens` elements. salt: keys of the hash. Works within `Dataset.map` too. Raises ValueError for arguments
    that do not go together, InvalidArgumentError for unknown strings without a place.

    >>> StringLookup(vocabulary=["a", "b"])([["a", "z"], ["b", "a"]]).numpy().tolist()
    [[1, 0], [2, 1]]
    """

    def __init__(self, max_tokens: int | None = None, num_oov_indices: int = 1, mask_token: str | None = None,
                 oov_token: str | None = "[UNK]", vocabulary: Any = None, idf_weights: Any = None,
                 invert: bool = False, output_mode: str = "int", pad_to_max_tokens: bool = False,
                 sparse: bool = False, encoding: str = "utf-8", name: str | None = None, salt: Any = None,
                 **kwargs: Any) -> None:
        self._encoding = self.encoding = encoding
        super().__init__(max_tokens, num_oov_indices, mask_token, oov_token, "string", vocabulary, idf_weights, invert,
                         output_mode, sparse, pad_to_max_tokens, name=name, salt=salt, **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "encoding": self.encoding}
        del config["vocabulary_dtype"]
        return config


@keras_export("layers.IntegerLookup")
class IntegerLookup(IndexLookup):
    """Integers as their places in a vocabulary, or with `invert` places as integers.

    Arguments as for `StringLookup`. oov_method: 'floormod' takes an unknown integer modulo `num_oov_indices`,
    'farmhash' hashes it. vocabulary_dtype: 'int64'.

    >>> IntegerLookup(vocabulary=[12, 36])([[36, 7]]).numpy().tolist()
    [[2, 0]]
    """

    def __init__(self, max_tokens: int | None = None, num_oov_indices: int = 1, mask_token: int | None = None,
                 oov_token: int | None = -1, vocabulary: Any = None, vocabulary_dtype: str = "int64",
                 idf_weights: Any = None, invert: bool = False, output_mode: str = "int", sparse: bool = False,
                 pad_to_max_tokens: bool = False, oov_method: str = "floormod", salt: Any = None,
                 name: str | None = None, **kwargs: Any) -> None:
        if max_tokens is not None and max_tokens <= 1:
            raise ValueError("If `max_tokens` is set for `IntegerLookup`, it must be greater than 1. Received: "
                             f"max_tokens={max_tokens}")
        if num_oov_indices < 0:
            raise ValueError("The value of `num_oov_indices` argument for `IntegerLookup` must >= 0. Received: "
                             f"num_oov_indices={num_oov_indices}")
        if vocabulary_dtype != "int64":
            raise ValueError("Only `vocabulary_dtype='int64'` is supported at this time. Received: "
                             f"vocabulary_dtype={vocabulary_dtype}")
        super().__init__(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary_dtype, vocabulary, idf_weights,
                         invert, output_mode, sparse, pad_to_max_tokens, oov_method, name, salt, **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if config["vocabulary"] is not None:
            config["vocabulary"] = [int(v) for v in config["vocabulary"]]
        return {**config, **{name: None if config[name] is None else int(config[name])
                             for name in ("oov_token", "mask_token")}}
