"""`TensorShape` as TensorFlow 2.21 answers, with version 2 behaviour and with version 1's."""

import copy
import itertools
import pickle

import numpy as np
import pytest

from hornbeam.graph.shapes import (
    Dimension,
    TensorShape,
    TensorShapeV1,
    as_dims,
    as_shape,
    broadcast_static,
    dimension_at_index,
    dimension_value,
    is_known,
    unknown_shape,
)

NOT_A_DIMENSION = "Dimension value must be integer or None or have an __index__ method, got value"

# Each line was put to TensorFlow 2.21; D is Dimension, S is TensorShape.
BOTH_SAY = {
    "S(None)": "TensorShape(None)",
    "str(S(None))": "'<unknown>'",
    "S([])": "TensorShape([])",
    "str(S([]))": "'()'",
    "str(S([3]))": "'(3,)'",
    "str(S([2, 3]))": "'(2, 3)'",
    # what is known
    "S(None).rank": "None",
    "S([2, None]).rank": "2",
    "S([2, 3]).ndims": "2",
    "S([None, 2]).dims": "[Dimension(None), Dimension(2)]",
    "S(None).dims": "None",
    "S(None).as_list()": "ValueError: as_list() is not defined on an unknown TensorShape.",
    "S([None, 2]).as_list()": "[None, 2]",
    "S([2, 3]).num_elements()": "6",
    "S([0, 3]).num_elements()": "0",
    "S([]).num_elements()": "1",
    "S([None]).num_elements()": "None",
    "S([0, None]).num_elements()": "None",
    "S(None).num_elements()": "None",
    "S([2**40, 2**40]).num_elements()": "1208925819614629174706176",
    "S(None).is_fully_defined()": "False",
    "S([1]).is_fully_defined()": "True",
    "S([1, None]).is_fully_defined()": "False",
    "S([1]).assert_is_fully_defined()": "None",
    # rank
    "S([2]).with_rank(2)": "ValueError: Shape (2,) must have rank 2",
    "S([2]).with_rank_at_least(2)": "ValueError: Shape (2,) must have rank at least 2",
    "S([2, 3]).with_rank_at_most(1)": "ValueError: Shape (2, 3) must have rank at most 1",
    "S(None).with_rank_at_least(2)": "TensorShape(None)",
    "S(None).with_rank_at_most(1)": "TensorShape(None)",
    "S([2]).assert_has_rank(2)": "ValueError: Shape (2,) must have rank 2",
    "S([2]).assert_has_rank(1)": "None",
    "S(None).assert_has_rank(3)": "None",
    "S([2]).assert_same_rank([2, 3])": "ValueError: Shapes (2,) and (2, 3) must have the same rank",
    "S([2]).assert_same_rank([3])": "None",
    "S(None).assert_same_rank([1])": "None",
    # two shapes
    "S([2]).is_compatible_with([None])": "True",
    "S([1, 2]).is_compatible_with([1])": "False",
    "S([1, 2]).is_compatible_with([1, 3])": "False",
    "S(None).is_compatible_with([1])": "True",
    "S([1]).is_compatible_with(None)": "True",
    "S([2, 3]).is_compatible_with(5)": "False",
    "S([2]).assert_is_compatible_with([3])": "ValueError: Shapes (2,) and [3] are incompatible",
    "S(None).assert_is_compatible_with([1])": "None",
    "S([2]).merge_with([3])": "ValueError: Shapes (2,) and (3,) are not compatible",
    "S([2]).merge_with([2, 3])": "ValueError: Shapes (2,) and (2, 3) are not compatible",
    "S(None).merge_with(S(None))": "TensorShape(None)",
    "S([2]).most_specific_compatible_shape([2, 3])": "TensorShape(None)",
    "S(None).most_specific_compatible_shape([1])": "TensorShape(None)",
    "S([2]).most_specific_compatible_shape(None)": "TensorShape(None)",
    "S([2]).is_subtype_of(S([None]))": "True",
    "S([None]).is_subtype_of(S([2]))": "False",
    "S([2]).is_subtype_of(S([2, 2]))": "False",
    "S([2]).is_subtype_of(S(None))": "True",
    "S(None).is_subtype_of(S([2]))": "False",
    "S(None).is_subtype_of(S(None))": "True",
    "S([2]).is_subtype_of([2])": "False",
    "S(None).concatenate([2])": "TensorShape(None)",
    "S([2]) + S(None)": "TensorShape(None)",
    "S([2]) + None": "TensorShape(None)",
    "None + S([2])": "TensorShape(None)",
    # as a sequence
    "list(S(None))": "ValueError: Cannot iterate over a shape with unknown rank.",
    "5 in S(None)": "ValueError: Cannot iterate over a shape with unknown rank.",
    "len(S(None))": "ValueError: Cannot take the length of shape with unknown rank.",
    "len(S([1, 2]))": "2",
    "S(None)[1:]": "TensorShape(None)",
    "S(None)[:]": "TensorShape(None)",
    "S(None)[-2:]": "TensorShape(None)",
    "S(None)[:-1]": "TensorShape(None)",
    "S(None)[-1:2]": "TensorShape(None)",
    "S(None)[3:2]": "TensorShape([])",
    "S(None)[::2]": "ValueError: Steps are not yet handled",
    "S(None)[1:4:2]": "ValueError: Steps are not yet handled",
    "S([1, 2])[5:]": "TensorShape([])",
    "S([2, 3])[1:].num_elements()": "3",
    "bool(S(None))": "False",
    "bool(S([]))": "True",
    "bool(S([0]))": "True",
    "3 in S([2, 3])": "True",
    "np.zeros(S([2, 3])).shape": "(2, 3)",
    # equality
    "S([1]) == [1]": "True",
    "S([1]) == (1,)": "True",
    "S([1]) == 1": "True",
    "S([1]) == {1}": "True",
    "S([]) == []": "True",
    "S(None) == None": "True",
    "S(None) == S(None)": "True",
    "S([1]) == None": "False",
    "S([None]) == S([None])": "True",
    "S([None]) == [None]": "True",
    "S(None) == [None]": "False",
    "S([1]) == 'a'": "False",
    "S([1]) == [1.0]": "False",
    "S([1]) == S([2])": "False",
    "S([1, 2]) == [1, D(2)]": "True",
    "S([2, 3]) == np.array([2, 3])": "True",
    "S([2]) != [3]": "True",
    "S([1]) != 'a'": "True",
    "S(None) != S(None)": "False",
    "S([None]) != S([2])": "True",
    "S([1]) < S([3])": "TypeError: '<' not supported between instances of 'TensorShape' and 'TensorShape'",
    "{S([1]): 2}[S([1])]": "2",
    # what makes a shape
    "S([2, 'a'])": f"TypeError: {NOT_A_DIMENSION} ''a'' with type '<class 'str'>'",
    "S([1.5])": f"TypeError: {NOT_A_DIMENSION} '1.5' with type '<class 'float'>'",
    "S([2.0])": f"TypeError: {NOT_A_DIMENSION} '2.0' with type '<class 'float'>'",
    "S([[2]])": f"TypeError: {NOT_A_DIMENSION} '[2]' with type '<class 'list'>'",
    "S(1.5)": f"TypeError: {NOT_A_DIMENSION} '1.5' with type '<class 'float'>'",
    "S([-1])": "ValueError: Dimension -1 must be >= 0",
    "S(S(None))": "TensorShape(None)",
}

# Expression, what version 2 says, what version 1 says.
EACH_SAYS = [
    ("S([None, 784])", "TensorShape([None, 784])", "TensorShape([Dimension(None), Dimension(784)])"),
    ("str(S([None, 784]))", "'(None, 784)'", "'(?, 784)'"),
    ("str(S([None]))", "'(None,)'", "'(?,)'"),
    ("S([1, 2])[0]", "1", "Dimension(1)"),
    ("S([1, 2])[-1]", "2", "Dimension(2)"),
    ("S([1, 2])[np.int32(1)]", "2", "Dimension(2)"),
    ("S([1, 2])[D(1)]", "2", "Dimension(2)"),
    ("S([1, None])[1]", "None", "Dimension(None)"),
    ("S(None)[0]", "None", "Dimension(None)"),
    ("S([1, 2, 3])[1:]", "TensorShape([2, 3])", "TensorShape([Dimension(2), Dimension(3)])"),
    ("S([1, 2, 3])[::2]", "TensorShape([1, 3])", "TensorShape([Dimension(1), Dimension(3)])"),
    ("S([1, None, 3])[-2:]", "TensorShape([None, 3])", "TensorShape([Dimension(None), Dimension(3)])"),
    ("S([2, 3])[1:][0]", "3", "Dimension(3)"),
    ("S(None)[1:3]", "TensorShape([None, None])", "TensorShape([Dimension(None), Dimension(None)])"),
    ("S(None)[:2]", "TensorShape([None, None])", "TensorShape([Dimension(None), Dimension(None)])"),
    ("S(None)[D(1):D(2)]", "TensorShape([None])", "TensorShape([Dimension(None)])"),
    ("list(S([1, None]))", "[1, None]", "[Dimension(1), Dimension(None)]"),
    ("tuple(S([2, None]))", "(2, None)", "(Dimension(2), Dimension(None))"),
    ("list(reversed(S([1, 2])))", "[2, 1]", "[Dimension(2), Dimension(1)]"),
    ("None in S([1, None])", "True", "False"),
    ("np.prod(S([2, 3]))", "np.int64(6)", "Dimension(6)"),
    ("np.array(S([2, 3]))", "array([2, 3])", "array([Dimension(2), Dimension(3)], dtype=object)"),
    ("[-1, S([2, 3])[1]]", "[-1, 3]", "[-1, Dimension(3)]"),
    ("S([2, None])[0].value", "AttributeError: 'int' object has no attribute 'value'", "2"),
    ("S([2]) + [3]", "TensorShape([2, 3])", "TensorShape([Dimension(2), Dimension(3)])"),
    ("[None] + S([2])", "TensorShape([None, 2])", "TensorShape([Dimension(None), Dimension(2)])"),
    ("(1,) + S([2])", "TensorShape([1, 2])", "TensorShape([Dimension(1), Dimension(2)])"),
    ("[D(2)] + S([2])", "TensorShape([2, 2])", "TensorShape([Dimension(2), Dimension(2)])"),
    ("S([2]) + 3", "TensorShape([2, 3])", "TensorShape([Dimension(2), Dimension(3)])"),
    ("3 + S([2])", "TensorShape([3, 2])", "TensorShape([Dimension(3), Dimension(2)])"),
    ("S([2]).concatenate([None])", "TensorShape([2, None])", "TensorShape([Dimension(2), Dimension(None)])"),
    ("S([2]).__concat__([3])", "TensorShape([2, 3])", "TensorShape([Dimension(2), Dimension(3)])"),
    ("S(None).with_rank(1)", "TensorShape([None])", "TensorShape([Dimension(None)])"),
    ("S(None).merge_with([2])", "TensorShape([2])", "TensorShape([Dimension(2)])"),
    ("S([2, None]).merge_with([None, 3])[:1]", "TensorShape([2])", "TensorShape([Dimension(2)])"),
    ("S([2]).merge_with(None)", "TensorShape([2])", "TensorShape([Dimension(2)])"),
    ("S([2]).most_specific_compatible_shape([3])", "TensorShape([None])", "TensorShape([Dimension(None)])"),
    ("S([2]).most_specific_compatible_shape([2])", "TensorShape([2])", "TensorShape([Dimension(2)])"),
    (
        "S([None]).assert_is_fully_defined()",
        "ValueError: Shape (None,) is not fully defined",
        "ValueError: Shape (?,) is not fully defined",
    ),
    ("S(3)", "TensorShape([3])", "TensorShape([Dimension(3)])"),
    ("S(D(3))", "TensorShape([3])", "TensorShape([Dimension(3)])"),
    ("S(D(None))", "TensorShape([None])", "TensorShape([Dimension(None)])"),
    ("S((D(2),))", "TensorShape([2])", "TensorShape([Dimension(2)])"),
    ("S(iter([1]))", "TensorShape([1])", "TensorShape([Dimension(1)])"),
    ("S(np.array([2, 3]))", "TensorShape([2, 3])", "TensorShape([Dimension(2), Dimension(3)])"),
    ("S(np.int64(3))", "TensorShape([3])", "TensorShape([Dimension(3)])"),
    ("S(dims=[1])", "TensorShape([1])", "TensorShape([Dimension(1)])"),
]


def outcome(expression, shape_class):
    try:
        return repr(eval(expression, {"np": np, "D": Dimension, "S": shape_class}))
    except Exception as error:
        return f"{type(error).__name__}: {error}".replace("TensorShapeV1", "TensorShape")


@pytest.mark.parametrize("expression", BOTH_SAY)
def test_both_flavours_answer_as_tensorflow(expression):
    assert outcome(expression, TensorShape) == BOTH_SAY[expression]
    assert outcome(expression, TensorShapeV1) == BOTH_SAY[expression]


@pytest.mark.parametrize(("expression", "version_2", "version_1"), EACH_SAYS)
def test_each_flavour_answers_as_tensorflow(expression, version_2, version_1):
    assert outcome(expression, TensorShape) == version_2
    assert outcome(expression, TensorShapeV1) == version_1


@pytest.mark.parametrize("text", ["a", "3", b"a"], ids=repr)
def test_a_text_is_no_shape(text):
    with pytest.raises(TypeError, match=r"Failed to convert .* to a shape"):
        TensorShape(text)
    with pytest.raises(TypeError, match=r"Failed to convert .* to a shape"):
        TensorShape([2]).merge_with(text)


def test_index_past_the_end():
    for shape_class in (TensorShape, TensorShapeV1):
        with pytest.raises(IndexError):
            _ = shape_class([1, 2])[2]


def test_a_negative_size_is_equal_to_no_shape():
    assert TensorShape([1]) != [-1]


def test_truth_values_become_sizes():
    assert TensorShape([True]).as_list() == [1]
    assert type(TensorShape([True])[0]) is int


def test_flavours_are_equal_and_hash_alike():
    for dims in (None, (), (2, None)):
        assert TensorShape(dims) == TensorShapeV1(dims)
        assert TensorShapeV1(dims) == TensorShape(dims)
        assert hash(TensorShape(dims)) == hash(TensorShapeV1(dims))


def test_the_first_shape_gives_the_flavour():
    v1, v2 = TensorShapeV1([2]), TensorShape([3])
    assert type(v1 + v2) is TensorShapeV1
    assert type(v2 + v1) is TensorShape
    assert type(as_dims([1]) + v1) is TensorShapeV1
    assert type(v1[:1]) is TensorShapeV1
    assert type(v1.merge_with([None])) is TensorShapeV1
    assert type(TensorShape(v1)) is TensorShape


def test_dims_are_a_plain_tuple():
    assert TensorShapeV1([Dimension(2), None])._dims == (2, None)
    assert TensorShape.from_dims((2, None)) == TensorShape([2, None])
    assert type(TensorShapeV1.from_dims((2,))) is TensorShapeV1


@pytest.mark.parametrize("shape_class", [TensorShape, TensorShapeV1])
@pytest.mark.parametrize("dims", [None, (), (2, None)])
def test_copies_keep_the_flavour(shape_class, dims):
    shape = shape_class(dims)
    for made in (pickle.loads(pickle.dumps(shape)), copy.copy(shape), copy.deepcopy(shape)):
        assert type(made) is shape_class
        assert made._dims == dims


def test_as_shape_keeps_a_shape():
    v1 = TensorShapeV1([2])
    assert as_shape(v1) is v1
    assert as_shape([2]) == [2]
    assert as_dims(v1) == (2,)
    assert as_dims(None) is None


def test_unknown_shape():
    assert unknown_shape()._dims is None
    assert unknown_shape(rank=2)._dims == (None, None)
    assert unknown_shape(0)._dims == ()


def test_dimension_value_reads_either_flavour():
    for shape_class in (TensorShape, TensorShapeV1):
        assert [dimension_value(d) for d in shape_class([2, None])] == [2, None]
        assert dimension_at_index(shape_class([2, 3]), -1).value == 3
        assert dimension_at_index(shape_class(None), 5).value is None
        with pytest.raises(IndexError):
            dimension_at_index(shape_class([2]), 3)


def test_is_known():
    assert is_known(())
    assert is_known((2, 3))
    assert not is_known((2, None))
    assert not is_known(None)


# What `tf.broadcast_static_shape` says.
@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        ((2, None), (None, 3), (2, 3)),
        ((1,), (None,), (None,)),
        ((None,), (None,), (None,)),
        ((0,), (1,), (0,)),
        (None, (2,), None),
        ((), None, None),
        ((3, 1), (2,), (3, 2)),
        ((2,), (None,), (2,)),
        ((), (2,), (2,)),
        ((), (), ()),
        ((5, 1, None), (4, 1), (5, 4, None)),
        ((None, 1), (3, 1, 7), (3, None, 7)),
    ],
    ids=repr,
)
def test_broadcast(a, b, result):
    assert broadcast_static(a, b) == result
    assert broadcast_static(b, a) == result


@pytest.mark.parametrize(("a", "b"), [((2,), (3,)), ((0,), (2,)), ((4, 2), (4, 3)), ((None, 2), (5, 3))])
def test_broadcast_refuses_and_shows_both(a, b):
    with pytest.raises(ValueError) as info:
        broadcast_static(a, b)
    shapes = f"{TensorShape(a)} and {TensorShape(b)}"
    assert str(info.value) == f"Incompatible shapes for broadcasting: {shapes}."


def test_broadcast_against_an_empty_dimension_is_empty():
    # TensorFlow leaves it unknown; only 0 and 1 go with 0, and both give 0.
    assert broadcast_static((0,), (None,)) == (0,)


# Every shape of rank 0 to 2 with sizes unknown, 0, 1 and 2, and every pair of them.
DIMS = [dims for rank in range(3) for dims in itertools.product((None, 0, 1, 2), repeat=rank)]
PAIRS = list(itertools.product(DIMS, DIMS))


def filled(dims):
    """All shapes a partly known one may turn out to be; 3 stands for every size not named."""
    return set(itertools.product(*[(0, 1, 2, 3) if size is None else (size,) for size in dims]))


def what_they_have_in_common(shapes):
    return tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*shapes, strict=True))


def broadcasts(a, b):
    """The shape of every run in which two partly known shapes broadcast."""
    for x, y in itertools.product(filled(a), filled(b)):
        try:
            yield np.broadcast_shapes(x, y)
        except ValueError:
            continue


def test_broadcast_says_exactly_what_all_runs_have_in_common():
    for a, b in PAIRS:
        results = list(broadcasts(a, b))
        if results:
            assert broadcast_static(a, b) == what_they_have_in_common(results), (a, b)
        else:
            with pytest.raises(ValueError, match="Incompatible shapes for broadcasting"):
                broadcast_static(a, b)


def test_merge_has_exactly_the_shapes_of_both():
    for a, b in PAIRS:
        both = filled(a) & filled(b)
        assert TensorShape(a).is_compatible_with(b) == bool(both)
        if both:
            assert filled(TensorShape(a).merge_with(b)._dims) == both, (a, b)
        else:
            with pytest.raises(ValueError, match="are not compatible"):
                TensorShape(a).merge_with(b)


def test_subtype_is_inclusion():
    for a, b in PAIRS:
        assert TensorShape(a).is_subtype_of(TensorShape(b)) == (filled(a) <= filled(b)), (a, b)


def test_most_specific_compatible_shape_is_the_narrowest():
    for a, b in PAIRS:
        shapes = [*filled(a), *filled(b)]
        narrowest = what_they_have_in_common(shapes) if len(a) == len(b) else None
        assert TensorShape(a).most_specific_compatible_shape(b)._dims == narrowest, (a, b)
