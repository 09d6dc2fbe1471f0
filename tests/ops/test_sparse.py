"""Sparse tensors: made, fed, fetched, combined; embeddings by sparse ids. Values are TensorFlow 2.21's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

S = hb.sparse


def sparse() -> Any:
    return hb.SparseTensor([[0, 1], [1, 2]], [1.0, 2.0], [2, 3])


def parts(x: Any) -> tuple[list[Any], list[Any], list[int]]:
    return x.indices.numpy().tolist(), x.values.numpy().tolist(), x.dense_shape.numpy().tolist()


def dense(x: Any) -> list[Any]:
    return S.to_dense(x).numpy().tolist()


# What it is ----------------------------------------------------------------------------------------


def test_its_parts_and_shape() -> None:
    x = sparse()
    assert parts(x) == ([[0, 1], [1, 2]], [1, 2], [2, 3])
    assert x.shape.as_list() == x.get_shape().as_list() == [2, 3]
    assert x.indices.dtype is x.dense_shape.dtype is hb.int64
    assert hb.is_tensor(x)
    assert str(x).startswith("SparseTensor(indices=")
    assert hb.SparseTensorSpec.from_value(x) == hb.SparseTensorSpec([2, 3], hb.float32)
    assert hb.SparseTensorSpec([None, 3]).is_compatible_with(x)


@pytest.mark.parametrize(("arguments", "message"), [
    (([[0, 1], [1, 2]], [1.0, 2.0], [2]), "Dimensions 2 and 1 are not compatible"),
    (([0, 1], [1.0, 2.0], [2]), "must have rank 2"),
    (([[0, 1], [1, 2]], [1.0, 2.0, 3.0], [2, 3]), "Dimensions 2 and 3 are not compatible")])
def test_parts_that_do_not_fit(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hb.SparseTensor(*arguments)


def test_it_is_no_dense_tensor() -> None:
    with pytest.raises(ValueError, match="with an unsupported type"):
        hb.add(sparse(), 1.0)
    with pytest.raises(TypeError, match="unsupported operand"):
        sparse() + 1.0
    with pytest.raises(TypeError, match=r"Input must be a SparseTensor\."):
        S.to_dense(hb.ones([2]))


def test_sessions_feed_and_fetch_it() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.sparse_placeholder(tf.float32, [None, 3], name="x")
        assert x.shape.as_list() == [None, 3]
        assert [t.name for t in (x.indices, x.values, x.dense_shape)] == ["x/indices:0", "x/values:0", "x/shape:0"]
        value = tf.SparseTensorValue([[0, 1]], [3.0], [1, 3])
        total = tf.sparse_reduce_sum(x)
        assert session.run(total, {x: value}) == 3
        assert session.run(total, {x: ([[0, 1], [0, 2]], [3.0, 4.0], [1, 3])}) == 7
        found, both = session.run([x, [x, total]], {x: value})
        assert isinstance(found, tf.SparseTensorValue)
        assert found.values.tolist() == [3]
        assert both[1] == 3
        assert x.eval({x: value}).indices.tolist() == [[0, 1]]
        made = tf.SparseTensor([[0, 0]], [5], [1, 2])
        assert isinstance(made, tf.SparseTensor)
        assert isinstance(made, hb.SparseTensor)
        assert session.run(tf.sparse_tensor_to_dense(made)).tolist() == [[5, 0]]


def test_branches_and_structures_hold_it() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        chosen = tf.placeholder(tf.bool, [])
        x = tf.SparseTensor([[0]], [1.0], [2])
        y = tf.SparseTensor([[1]], [2.0], [2])
        found = tf.cond(chosen, lambda: x, lambda: y)
        assert session.run(tf.sparse.to_dense(found), {chosen: False}).tolist() == [0, 2]
    assert [t.shape.as_list() for t in hb.nest.flatten(sparse(), expand_composites=True)] == [[2, 2], [2], [2]]


def test_functions_that_take_it_as_a_tensor() -> None:
    x = sparse()
    assert parts(hb.cast(x, hb.int32)) == ([[0, 1], [1, 2]], [1, 2], [2, 3])
    assert parts(hb.identity(x)) == parts(x)
    assert (hb.shape(x).numpy().tolist(), int(hb.size(x)), int(hb.rank(x))) == ([2, 3], 6, 2)
    assert (x * 2.0).values.numpy().tolist() == [2, 4]
    assert (x / [[1.0, 2.0, 4.0]]).values.numpy().tolist() == [0.5, 0.5]


# Made dense and back -------------------------------------------------------------------------------


def test_to_dense_and_back() -> None:
    x = hb.constant([[0, 3, 0], [4, 0, 5]])
    assert dense(S.from_dense(x)) == x.numpy().tolist()
    assert S.to_dense(sparse(), default_value=-1.0).numpy().tolist() == [[-1, 1, -1], [-1, -1, 2]]
    words = hb.SparseTensor([[1]], ["b"], [3])
    assert dense(words) == [b"", b"b", b""]
    assert parts(S.from_dense([b"", b"a"])) == ([[1]], [b"a"], [2])


@pytest.mark.parametrize(("places", "message"), [
    ([[1, 1], [0, 2]], r"indices\[1\] = \[0,2\] is out of order. Many sparse ops require sorted indices"),
    ([[1, 1], [1, 1]], r"indices\[1\] = \[1,1\] is repeated"),
    ([[0, 0], [1, 5]], r"indices\[1\] = \[1,5\] is out of bounds: need 0 <= index < \[2,3\]")])
def test_places_that_are_wrong(places: Any, message: str) -> None:
    with pytest.raises(hb.errors.InvalidArgumentError, match=message):
        S.to_dense(hb.SparseTensor(places, [1.0, 2.0], [2, 3]))


def test_sparse_to_dense_takes_scalars_vectors_and_matrices() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run([tf.sparse_to_dense(2, [4], 5.0), tf.sparse_to_dense([1, 2], [4], [5.0, 6.0]),
                             tf.sparse_to_dense([[0, 1], [1, 0]], [2, 2], 5.0, -1.0),
                             tf.sparse_to_dense([3, 1], [4], [5.0, 6.0], validate_indices=False)])
    assert [f.tolist() for f in found] == [[0, 0, 5, 0], [0, 5, 6, 0], [[-1, 5], [5, -1]], [0, 6, 0, 5]]


def test_constant_places_beside_values_that_are_fed() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        values = tf.placeholder(tf.float32, [200])
        placed = tf.sparse_to_dense([[i, 0] for i in range(200)], [200, 300], values)
        assert session.run(tf.reduce_sum(tf.matmul(placed, tf.ones([300, 300]))), {values: [1.0] * 200}) == 60000


# Shapes and parts ----------------------------------------------------------------------------------


def test_shapes() -> None:
    x = sparse()
    assert parts(S.reshape(x, [3, -1])) == ([[0, 1], [2, 1]], [1, 2], [3, 2])
    assert parts(S.transpose(x)) == ([[1, 0], [2, 1]], [1, 2], [3, 2])
    assert parts(S.expand_dims(x, 1)) == ([[0, 0, 1], [1, 0, 2]], [1, 2], [2, 1, 3])
    assert parts(S.expand_dims(x)) == ([[0, 1, 0], [1, 2, 0]], [1, 2], [2, 3, 1])
    assert parts(S.reorder(hb.SparseTensor([[1, 0], [0, 2]], [1, 2], [2, 3]))) == ([[0, 2], [1, 0]], [2, 1], [2, 3])
    assert parts(S.reset_shape(x))[2] == [2, 3]
    assert parts(S.reset_shape(x, [3, 4]))[2] == [3, 4]
    assert dense(S.eye(2, 3)) == [[1, 0, 0], [0, 1, 0]]
    with pytest.raises(ValueError, match=r"dimension sizes >= sp_input\.shape"):
        S.reset_shape(x, [1, 4])
    with pytest.raises(hb.errors.InvalidArgumentError, match="6 dense values, but the requested shape has 8"):
        S.reshape(x, [4, 2])


def test_cut_and_joined() -> None:
    x = sparse()
    assert parts(S.slice(x, [0, 1], [2, 1])) == ([[0, 0]], [1], [2, 1])
    assert [parts(p) for p in S.split(x, 2, 1)] == [([[0, 1]], [1], [2, 2]), ([[1, 0]], [2], [2, 1])]
    assert parts(S.concat(1, [x, x])) == ([[0, 1], [0, 4], [1, 2], [1, 5]], [1, 1, 2, 2], [2, 6])
    wide = hb.SparseTensor([[0, 1]], [1.0], [2, 5])
    assert parts(S.concat(0, [x, wide], expand_nonconcat_dims=True)) == ([[0, 1], [1, 2], [2, 1]], [1, 2, 1], [4, 5])
    with pytest.raises(hb.errors.InvalidArgumentError, match="expected 3 for dimension 1 but got 5 at position 1"):
        S.concat(0, [x, wide])
    assert parts(S.retain(x, [True, False])) == ([[0, 1]], [1], [2, 3])


def test_rows_without_elements_are_filled() -> None:
    filled, empty = S.fill_empty_rows(hb.SparseTensor([[0, 1], [2, 2]], [1.0, 2.0], [4, 3]), 9.0)
    assert parts(filled) == ([[0, 1], [1, 0], [2, 2], [3, 0]], [1, 9, 2, 9], [4, 3])
    assert empty.numpy().tolist() == [False, True, False, True]


# Arithmetic ----------------------------------------------------------------------------------------


def test_sums_and_extremes() -> None:
    x, y = sparse(), hb.SparseTensor([[0, 0], [1, 2]], [5.0, -2.0], [2, 3])
    assert parts(S.add(x, y)) == ([[0, 0], [0, 1], [1, 2]], [5, 1, 0], [2, 3])
    assert parts(S.add(x, y, threshold=1.0)) == ([[0, 0], [0, 1]], [5, 1], [2, 3])
    assert S.add(x, hb.ones([2, 3])).numpy().tolist() == [[1, 2, 1], [1, 1, 3]]
    assert parts(S.maximum(x, y))[1] == [5, 1, 2]
    assert parts(S.minimum(x, y))[1] == [0, 0, -2]
    with pytest.raises(TypeError, match="At least one input should be SparseTensor"):
        S.add(hb.ones([2]), hb.ones([2]))


def test_reductions() -> None:
    x = sparse()
    assert float(S.reduce_sum(x)) == 3
    assert S.reduce_sum(x, 1, keepdims=True).numpy().tolist() == [[1], [2]]
    assert parts(S.reduce_sum(x, 1, output_is_sparse=True)) == ([[0], [1]], [1, 2], [2])
    assert S.reduce_max(hb.SparseTensor([[0, 1], [1, 1]], [-1.0, -2.0], [2, 3]), 0).numpy().tolist() == [0, -1, 0]


def test_products_and_their_gradients() -> None:
    w, v = hb.Variable(np.arange(6.0).reshape(3, 2)), hb.Variable([1.0, 2.0], dtype=hb.float64)
    with hb.GradientTape(persistent=True) as tape:
        x = hb.SparseTensor([[0, 1], [1, 2]], v, [2, 3])
        y = S.sparse_dense_matmul(x, w)
        total = hb.reduce_sum(y * y)
    assert y.numpy().tolist() == [[2, 3], [8, 10]]
    assert tape.gradient(total, v).numpy().tolist() == [2 * (4 + 9), 2 * (8 * 4 + 10 * 5)]
    assert hb.convert_to_tensor(tape.gradient(total, w)).numpy().tolist() == [[0, 0], [4, 6], [32, 40]]
    assert S.sparse_dense_matmul(hb.ones([2, 2]), sparse()).numpy().tolist() == [[0, 1, 2], [0, 1, 2]]
    with pytest.raises(hb.errors.InvalidArgumentError, match=r"inner dimension does not match: 3 vs\. 2"):
        S.sparse_dense_matmul(sparse(), hb.ones([2, 2]))


def test_gradients_reach_the_elements() -> None:
    v = hb.Variable([1.0, 2.0, 4.0])
    weights = hb.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with hb.GradientTape(persistent=True) as tape:
        x = hb.SparseTensor([[0, 0], [0, 2], [1, 1]], v, [2, 3])
        sums = [hb.reduce_sum(S.to_dense(x) * weights), hb.reduce_sum(S.reduce_sum(x, 1) * [10.0, 20.0]),
                hb.reduce_sum(S.to_dense(S.reorder(S.transpose(x))) * hb.transpose(weights)),
                hb.reduce_sum(S.add(x, x).values * [1.0, 2.0, 3.0]),
                hb.reduce_sum(S.fill_empty_rows(x, 0.0)[0].values * [1.0, 2.0, 3.0]),
                hb.reduce_sum(S.concat(1, [x, x]).values * [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])]
    found = [hb.convert_to_tensor(tape.gradient(s, v)).numpy().tolist() for s in sums]
    assert found == [[1, 3, 5], [10, 10, 20], [1, 3, 5], [2, 4, 6], [1, 2, 3], [4, 6, 11]]


def test_softmax_counts_what_is_there() -> None:
    x = hb.SparseTensor([[0, 0], [0, 2], [1, 1]], [1.0, 2.0, 3.0], [2, 3])
    np.testing.assert_allclose(S.softmax(x).values.numpy(), [0.268941, 0.731059, 1], rtol=1e-5)


def test_ids() -> None:
    ids = hb.SparseTensor([[0, 0], [1, 0]], [1, 2], [2, 3])
    assert S.to_indicator(ids, 4).numpy().tolist() == [[False, True, False, False], [False, False, True, False]]
    assert parts(S.map_values(hb.add, sparse(), 1.0))[1] == [2, 3]
    with pytest.raises(hb.errors.InvalidArgumentError, match="Mismatched indices!"):
        S.map_values(hb.add, sparse(), hb.SparseTensor([[0, 1], [1, 1]], [1.0, 2.0], [2, 3]))
    with tf.Graph().as_default(), tf.Session() as session:
        merged = tf.sparse_merge(tf.SparseTensor([[0, 0], [1, 0]], tf.constant([2, 0], tf.int64), [2, 1]),
                                 tf.SparseTensor([[0, 0], [1, 0]], [0.5, 0.25], [2, 1]), 3)
        found = session.run(merged)
    assert found.indices.tolist() == [[0, 2], [1, 0]]
    assert found.dense_shape.tolist() == [2, 3]


def test_products_at_chosen_places() -> None:
    places, found, _ = S.sampled_addmm([[0, 1], [1, 0]], [1.0, 2.0], [2, 2], [[1.0, 2.0], [3.0, 4.0]],
                                       [[5.0, 6.0], [7.0, 8.0]], beta=2.0, alpha=0.5)
    assert places.numpy().tolist() == [[0, 1], [1, 0]]
    assert found.numpy().tolist() == [13, 25.5]


def test_segments_of_chosen_rows() -> None:
    x = [[1.0, 2.0], [3.0, 4.0]]
    assert S.segment_sum(x, [0, 1], [0, 0]).numpy().tolist() == [[4, 6]]
    assert S.segment_mean(x, [0, 1, 1], [0, 0, 2]).numpy().tolist() == [[2, 3], [0, 0], [3, 4]]
    np.testing.assert_allclose(S.segment_sqrt_n(x, [0, 1, 1], [0, 0, 2], num_segments=4).numpy(),
                               [[2.828427, 4.242641], [0, 0], [3, 4], [0, 0]], rtol=1e-6)


def test_edit_distances() -> None:
    said = hb.SparseTensor([[0, 0], [0, 1], [1, 0]], ["a", "b", "c"], [2, 2])
    true = hb.SparseTensor([[0, 0], [1, 0], [1, 1]], ["a", "c", "d"], [2, 2])
    assert hb.edit_distance(said, true).numpy().tolist() == [1, 0.5]
    assert hb.edit_distance(said, true, normalize=False).numpy().tolist() == [1, 1]
    a = S.from_dense([[7, 8, 9, 3, 1, 2]])
    assert hb.edit_distance(a, S.from_dense([[8, 9, 4, 1, 2, 5]]), normalize=False).numpy().tolist() == [3]


# Embeddings ----------------------------------------------------------------------------------------

TABLE = np.arange(12, dtype=np.float32).reshape(6, 2) / 10


def ids_and_weights() -> tuple[Any, Any]:
    places = [[0, 0], [0, 1], [2, 0], [3, 1]]
    return hb.SparseTensor(places, [1, 3, 5, 0], [5, 2]), hb.SparseTensor(places, [1.0, 2.0, -1.0, 0.5], [5, 2])


@pytest.mark.parametrize(("combiner", "first"), [("mean", [0.466667, 0.566667]), ("sum", [1.4, 1.7]),
                                                 ("sqrtn", [0.626099, 0.760263])])
def test_embeddings_are_combined(combiner: str, first: list[float]) -> None:
    ids, weights = ids_and_weights()
    found = hb.nn.embedding_lookup_sparse(TABLE, ids, weights, combiner=combiner).numpy()
    assert found.shape == (4, 2)
    np.testing.assert_allclose(found[0], first, rtol=1e-5)
    assert not found[1].any()
    safe = hb.nn.safe_embedding_lookup_sparse(TABLE, ids, weights, combiner=combiner).numpy()
    assert safe.shape == (5, 2)
    np.testing.assert_allclose(safe[0], first, rtol=1e-5)
    assert safe[2].any() == (combiner == "sum")  # its weight is negative


def test_safe_embeddings_have_a_default_and_any_rank() -> None:
    ids, _ = ids_and_weights()
    found = hb.nn.safe_embedding_lookup_sparse(TABLE, ids, default_id=2).numpy()
    np.testing.assert_allclose(found[[1, 4]], [TABLE[2]] * 2)
    deep = hb.SparseTensor([[0, 0, 0], [0, 1, 1], [1, 0, 0]], [1, -1, 3], [2, 2, 2])
    found = hb.nn.safe_embedding_lookup_sparse([TABLE[:3], TABLE[3:]], deep).numpy()
    np.testing.assert_allclose(found, [[TABLE[1], [0, 0]], [TABLE[3], [0, 0]]])


def test_training_embeddings_by_sparse_ids() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.get_variable("table", initializer=TABLE)
        ids = tf.sparse_placeholder(tf.int64)
        found = tf.nn.embedding_lookup_sparse(table, ids, None, combiner="sum")
        grad = tf.gradients(tf.reduce_sum(found), table)[0]
        assert isinstance(grad, tf.IndexedSlices)
        step = tf.train.GradientDescentOptimizer(1.0).minimize(tf.reduce_sum(found))
        session.run(tf.global_variables_initializer())
        session.run(step, {ids: ([[0, 0], [0, 1], [1, 0]], [1, 1, 4], [2, 2])})
        change = session.run(table) - TABLE
    np.testing.assert_allclose(change[:, 0], [0, -2, 0, 0, -1, 0], atol=1e-6)
    with pytest.raises(ValueError, match="combiner must be one of"):
        hb.nn.embedding_lookup_sparse(TABLE, sparse(), None, combiner="max")
