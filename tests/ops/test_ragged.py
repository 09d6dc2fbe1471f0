"""Ragged tensors. What TensorFlow gives for each expression was recorded."""

from __future__ import annotations

import pytest

import hornbeam as tf

ragged = tf.ragged.constant
NAMES = {
    "tf": tf, "ragged": ragged, "d": ragged([[3, 1, 4, 1], [], [5, 9, 2], [6], []]),
    "w": ragged([["So", "long"], ["thanks", "for", "all", "the", "fish"]]),
    "n": ragged([[[1, 2], [3]], [], [[4, 5, 6]]])}
CASES = [
    ('d', '<tf.RaggedTensor [[3, 1, 4, 1], [], [5, 9, 2], [6], []]>'),
    ('d.shape', '(5, None)'),
    ('n.shape', '(3, None, None)'),
    ('d+d', '<tf.RaggedTensor [[6, 2, 8, 2], [], [10, 18, 4], [12], []]>'),
    ('tf.reduce_mean(tf.cast(d,tf.float32),axis=1)', "([2.25, nan, 5.333333492279053, 6.0, nan], 'float32')"),
    ('tf.reduce_sum(d,axis=1)', "([9, 0, 16, 6, 0], 'int32')"),
    ('tf.reduce_sum(d,axis=0)', "([14, 10, 6, 1], 'int32')"),
    ('tf.concat([d,[[5,3]]],axis=0)', '<tf.RaggedTensor [[3, 1, 4, 1], [], [5, 9, 2], [6], [], [5, 3]]>'),
    ('tf.concat([d,d],axis=1)', '<tf.RaggedTensor [[3, 1, 4, 1, 3, 1, 4, 1], [], [5, 9, 2, 5, 9, 2], [6, 6], []]>'),
    ('tf.strings.substr(w,0,2)', "<tf.RaggedTensor [[b'So', b'lo'], [b'th', b'fo', b'al', b'th', b'fi']]>"),
    ('tf.strings.length(w)', '<tf.RaggedTensor [[2, 4], [6, 3, 3, 3, 4]]>'),
    ('d[-2]', "([6], 'int32')"),
    ('d[:,-2:]', '<tf.RaggedTensor [[4, 1], [], [9, 2], [6], []]>'),
    ('d[::2]', '<tf.RaggedTensor [[3, 1, 4, 1], [5, 9, 2], []]>'),
    ('d[2,1]', "(9, 'int32')"),
    ('n[0,1]', "([3], 'int32')"),
    ('n[:,:,-1:]', '<tf.RaggedTensor [[[2],\n  [3]], [], [[6]]]>'),
    ('d[:,::-1]', '<tf.RaggedTensor [[1, 4, 1, 3], [], [2, 9, 5], [6], []]>'),
    ('d.to_tensor()', "([[3, 1, 4, 1], [0, 0, 0, 0], [5, 9, 2, 0], [6, 0, 0, 0], [0, 0, 0, 0]], 'int32')"),
    ('d.to_tensor(shape=[7,6])',
     '([[3, 1, 4, 1, 0, 0], [0, 0, 0, 0, 0, 0], [5, 9, 2, 0, 0, 0], [6, 0, 0, 0, 0, 0], [0, 0, 0'
     ", 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]], 'int32')"),
    ('n.to_tensor()', "([[[1, 2, 0], [3, 0, 0]], [[0, 0, 0], [0, 0, 0]], [[4, 5, 6], [0, 0, 0]]], 'int32')"),
    ('d.row_lengths()', "([4, 0, 3, 1, 0], 'int64')"),
    ('n.row_lengths(axis=2)', '<tf.RaggedTensor [[2, 1], [], [3]]>'),
    ('d.nrows()', "(5, 'int64')"),
    ('d.to_sparse().indices', "([[0, 0], [0, 1], [0, 2], [0, 3], [2, 0], [2, 1], [2, 2], [3, 0]], 'int64')"),
    ('tf.RaggedTensor.from_value_rowids([3,1,4,1,5,9,2],[0,0,0,0,2,2,3])',
     '<tf.RaggedTensor [[3, 1, 4, 1], [], [5, 9], [2]]>'),
    ('tf.RaggedTensor.from_row_lengths([3,1,4],[2,0,1])', '<tf.RaggedTensor [[3, 1], [], [4]]>'),
    ('tf.RaggedTensor.from_row_splits([3,1,4],[0,2,2,3])', '<tf.RaggedTensor [[3, 1], [], [4]]>'),
    ('tf.RaggedTensor.from_tensor([[1,2,0],[0,0,0],[3,0,0]],padding=0)', '<tf.RaggedTensor [[1, 2], [], [3]]>'),
    ('tf.RaggedTensor.from_tensor([[1,2],[3,4]])', '<tf.RaggedTensor [[1, 2],\n [3, 4]]>'),
    ('tf.RaggedTensor.from_tensor([[1,2],[3,4]],lengths=[1,0])', '<tf.RaggedTensor [[1], []]>'),
    ('ragged([])', "([], 'float32')"),
    ('ragged([1,2])', "([1, 2], 'int32')"),
    ('ragged(3)', "(3, 'int32')"),
    ('ragged([[[1,2]],[[3,4]]],ragged_rank=1).shape', '(2, None, 2)'),
    ('ragged([[(1,3),(0,1)],[(5,1)]],inner_shape=(2,))', '<tf.RaggedTensor [[[1, 3],\n  [0, 1]], [[5, 1]]]>'),
    ('ragged([[1.,2],[3]]).dtype', "<dtype: 'float32'>"),
    ('ragged([[[]],[]]).shape', '(2, None, None)'),
    ('tf.ragged.stack([[1,2],[3]],axis=0)', '<tf.RaggedTensor [[1, 2], [3]]>'),
    ('tf.ragged.range([3,0,5],[8,5,8])', '<tf.RaggedTensor [[3, 4, 5, 6, 7], [0, 1, 2, 3, 4], [5, 6, 7]]>'),
    ('tf.ragged.boolean_mask(d,d>2)', '<tf.RaggedTensor [[3, 4], [], [5, 9], [6], []]>'),
    ('tf.ragged.boolean_mask([[1,2,3],[4,5,6]],[[True,False,True],[False,False,False]])',
     '<tf.RaggedTensor [[1, 3], []]>'),
    ('tf.ragged.map_flat_values(tf.square,d)', '<tf.RaggedTensor [[9, 1, 16, 1], [], [25, 81, 4], [36], []]>'),
    ('tf.gather(d,[2,0])', '<tf.RaggedTensor [[5, 9, 2], [3, 1, 4, 1]]>'),
    ('tf.gather(tf.constant([10,20,30]),ragged([[0,1],[2]]))', '<tf.RaggedTensor [[10, 20], [30]]>'),
    ('tf.expand_dims(d,1)', '<tf.RaggedTensor [[[3, 1, 4, 1]],\n [[]],\n [[5, 9, 2]],\n [[6]],\n [[]]]>'),
    ('tf.strings.split(["a b c","d",""])', "<tf.RaggedTensor [[b'a', b'b', b'c'], [b'd'], []]>"),
    ('tf.strings.split("a,b",",")', "([b'a', b'b'], 'string')"),
    ('tf.strings.split([["a b","c"]])', "<tf.RaggedTensor [[[b'a', b'b'], [b'c']]]>"),
    ('tf.strings.split(ragged([["a b"],["c","d e"]]))', "<tf.RaggedTensor [[[b'a', b'b']], [[b'c'], [b'd', b'e']]]>"),
    ('tf.strings.unicode_split(["héllo","w"],"UTF-8")',
     "<tf.RaggedTensor [[b'h', b'\\xc3\\xa9', b'l', b'l', b'o'], [b'w']]>"),
    ('tf.strings.unicode_split("héllo","UTF-8")', "([b'h', b'\\xc3\\xa9', b'l', b'l', b'o'], 'string')"),
    ('tf.strings.unicode_decode(["hé",""],"UTF-8")', '<tf.RaggedTensor [[104, 233], []]>'),
    ('tf.strings.unicode_split_with_offsets("hé","UTF-8")',
     "(<tf.Tensor: shape=(2,), dtype=string, numpy=array([b'h', b'\\xc3\\xa9'], dtype=object)>, <t"
     'f.Tensor: shape=(2,), dtype=int64, numpy=array([0, 1])>)'),
    ('tf.strings.bytes_split(["abc","d"])', "<tf.RaggedTensor [[b'a', b'b', b'c'], [b'd']]>"),
    ('tf.strings.ngrams(["a","b","c"],2)', "([b'a b', b'b c'], 'string')"),
    ('tf.strings.ngrams(w,2,separator="#")',
     "<tf.RaggedTensor [[b'So#long'], [b'thanks#for', b'for#all', b'all#the', b'the#fish']]>"),
    ('tf.strings.ngrams([["a","b"],["c","d"]],[1,2],pad_values=("<",">"))',
     "([[b'a', b'b', b'< a', b'a b', b'b >'], [b'c', b'd', b'< c', b'c d', b'd >']], 'string')"),
    ('tf.strings.reduce_join(w,axis=-1,separator=" ")', "([b'So long', b'thanks for all the fish'], 'string')"),
    ('tf.strings.unicode_encode(ragged([[104,105],[33]]),"UTF-8")', "([b'hi', b'!'], 'string')"),
    ('d==ragged([[3,1,4,1],[],[5,0,2],[6],[]])',
     '<tf.RaggedTensor [[True, True, True, True], [], [True, False, True], [True], []]>'),
    ('d+tf.constant([[10],[20],[30],[40],[50]])', '<tf.RaggedTensor [[13, 11, 14, 11], [], [35, 39, 32], [46], []]>'),
    ('tf.size(d)', "(8, 'int32')"),
    ('tf.rank(n)', "(3, 'int32')"),
    ('n.merge_dims(1,2)', '<tf.RaggedTensor [[1, 2, 3], [], [4, 5, 6]]>'),
    ('n.nested_row_splits[1]', "([0, 2, 3, 6], 'int64')"),
    ('d.to_list()', '[[3, 1, 4, 1], [], [5, 9, 2], [6], []]'),
    ('len(d.numpy())', '5'),
    ('[x.numpy().tolist() for x in d]', '[[3, 1, 4, 1], [], [5, 9, 2], [6], []]'),
    ('d._type_spec', 'RaggedTensorSpec(TensorShape([5, None]), tf.int32, 1, tf.int64)'),
    ('tf.RaggedTensorSpec([None,None],tf.int32)',
     'RaggedTensorSpec(TensorShape([None, None]), tf.int32, 1, tf.int64)'),
    ('tf.where(d>3,d,-d)', '<tf.RaggedTensor [[-3, -1, 4, -1], [], [5, 9, -2], [6], []]>'),
    ('tf.zeros_like(d)', '<tf.RaggedTensor [[0, 0, 0, 0], [], [0, 0, 0], [0], []]>'),
    ('tf.one_hot(ragged([[0,1],[2]]),3).shape', '(2, None, 3)'),
    ('tf.nn.embedding_lookup(tf.eye(3),ragged([[0],[1,2]])).shape', '(2, None, 3)'),
    ('tf.reduce_any(d>4,axis=1)', "([False, False, True, True, False], 'bool')"),
    ('tf.reduce_sum(n,axis=2)', '<tf.RaggedTensor [[3, 3], [], [15]]>'),
    ('tf.reduce_sum(n,axis=1)', '<tf.RaggedTensor [[4, 2], [], [4, 5, 6]]>'),
    ('tf.reduce_sum(n,axis=0)', '<tf.RaggedTensor [[5, 7, 6], [3]]>'),
    ('tf.reduce_sum(n,axis=[1,2])', "([6, 0, 15], 'int32')"),
    ('tf.strings.join([w,w],"-")',
     "<tf.RaggedTensor [[b'So-So', b'long-long'],\n [b'thanks-thanks', b'for-for', b'all-all', b'"
     "the-the', b'fish-fish']]>"),
    ('tf.strings.regex_replace(w,"l","L")',
     "<tf.RaggedTensor [[b'So', b'Long'], [b'thanks', b'for', b'aLL', b'the', b'fish']]>"),
    ('tf.strings.to_number(ragged([["1","2"],["3"]]))', '<tf.RaggedTensor [[1.0, 2.0], [3.0]]>'),
    ('tf.function(lambda x: tf.reduce_sum(x,axis=1))(d)', "([9, 0, 16, 6, 0], 'int32')"),
    ('tf.function(lambda x: tf.strings.split(x))(tf.constant(["a b","c"]))',
     "<tf.RaggedTensor [[b'a', b'b'], [b'c']]>"),
    ('tf.RaggedTensor.from_uniform_row_length([1,2,3,4],2)', '<tf.RaggedTensor [[1, 2],\n [3, 4]]>'),
    ('tf.RaggedTensor.from_sparse(tf.sparse.from_dense([[1,2],[3,0]]))', '<tf.RaggedTensor [[1, 2], [3]]>'),
    ('tf.nest.flatten(d, expand_composites=True)[0]', "([3, 1, 4, 1, 5, 9, 2, 6], 'int32')"),
]


def shown(value: object) -> str:
    return str((value.numpy().tolist(), value.dtype.name) if isinstance(value, tf.Tensor) else value)


@pytest.mark.parametrize("part", range(4))
def test_as_tensorflow(part: int) -> None:
    for expression, expected in CASES[part::4]:
        assert shown(eval(expression, NAMES)) == expected, expression


def test_gradients_flow_through_rows() -> None:
    with tf.GradientTape() as tape:
        v = tf.Variable([1.0, 2.0, 3.0])
        r = tf.RaggedTensor.from_row_lengths(v * 2, [2, 0, 1])
        loss = tf.reduce_sum(tf.reduce_sum(tf.square(r), axis=1) * [1.0, 2.0, 3.0]) + tf.reduce_sum(r.to_tensor())
    assert tape.gradient(loss, v).numpy().tolist() == [10.0, 18.0, 74.0]


def test_what_is_refused() -> None:
    d = NAMES["d"]
    with pytest.raises(ValueError, match="constructor is private"):
        tf.RaggedTensor([1], [0, 1])
    with pytest.raises(ValueError, match="same nesting depth"):
        ragged([["a"], [["b"]]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="do not form a valid RaggedTensor"):
        tf.RaggedTensor.from_row_splits([1, 2], [0, 3])
    with pytest.raises(tf.errors.InvalidArgumentError, match="different rows"):
        _ = d + ragged([[1], [], [5, 9, 2], [6], []])
    with pytest.raises(TypeError, match="takes no ragged tensors"):
        tf.linalg.matmul(d, d)


def test_rows_of_rows_by_the_rows_of_their_values() -> None:
    made = tf.RaggedTensor.from_nested_value_rowids([1, 2, 3, 4], [[0, 0, 2], [0, 0, 1, 2]], [4, 3])
    assert made.to_list() == [[[1, 2], [3]], [], [[4]], []]


def test_in_a_function_with_a_signature() -> None:
    first = tf.function(lambda x: x[:, :1].to_tensor(), input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])
    assert first(NAMES["d"]).numpy().tolist() == [[3], [0], [5], [6], [0]]
    with pytest.raises(TypeError, match="not compatible with its signature"):
        first(NAMES["w"])


def test_datasets_of_rows() -> None:
    d = NAMES["d"]
    dataset = tf.data.Dataset.from_tensor_slices(d)
    assert str(dataset.element_spec) == "RaggedTensorSpec(TensorShape([None]), tf.int32, 0, tf.int64)"
    assert [x.numpy().tolist() for x in dataset] == d.to_list()
    batched = dataset.batch(2)
    assert [x.to_list() for x in batched] == [[[3, 1, 4, 1], []], [[5, 9, 2], [6]], [[]]]
    assert [x.numpy().tolist() for x in batched.map(lambda x: tf.reduce_sum(x, axis=1))] == [[9, 0], [16, 6], [0]]
    assert [x.numpy().tolist() for x in batched.unbatch()] == d.to_list()
    split = tf.data.Dataset.from_tensor_slices(["a b c", "d"]).batch(2).map(tf.strings.split)
    assert [x.to_list() for x in split] == [[[b"a", b"b", b"c"], [b"d"]]]
    deep = tf.data.Dataset.from_tensor_slices(NAMES["n"]).batch(2)
    assert [x.to_list() for x in deep] == [[[[1, 2], [3]], []], [[[4, 5, 6]]]]
    spec = tf.RaggedTensorSpec([None, None], tf.int32)
    given = tf.data.Dataset.from_generator(lambda: iter([d]), output_signature=spec)
    assert next(iter(given)).to_list() == d.to_list()
    grown = tf.data.Dataset.range(3).map(tf.range).apply(tf.data.experimental.dense_to_ragged_batch(2))
    assert [x.to_list() for x in grown] == [[[], [0]], [[0, 1]]]
