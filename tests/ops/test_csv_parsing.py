"""Lines of comma-separated values; values and words were recorded from TensorFlow 1.15.5."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf


def columns(records: Any, defaults: Any, **options: Any) -> list[Any]:
    with tf.Graph().as_default(), tf.Session() as sess:
        return [np.asarray(c).tolist() for c in sess.run(tf.decode_csv(records, defaults, **options))]


@pytest.mark.parametrize(("records", "defaults", "options", "expected"), [
    (["1,2.5,a", "3,,b"], [[0], [9.0], [""]], {}, [[1, 3], [2.5, 9.0], [b"a", b"b"]]),
    ([["1", "2"], ["3", "4"]], [[0]], {}, [[[1, 2], [3, 4]]]),
    (['1,"a,b"', '2,"x""y"', '3,"multi\nline"'], [[0], [""]], {}, [[1, 2, 3], [b"a,b", b'x"y', b"multi\nline"]]),
    ([" 1 , 2.5 , a "], [[0], [0.0], [""]], {}, [[1], [2.5], [b" a "]]),
    (["1|2"], [[0], [0]], {"field_delim": "|"}, [[1], [2]]),
    (['1,"a"'], [[0], [""]], {"use_quote_delim": False}, [[1], [b'"a"']]),
    (["NA,1", "2,NA"], [[5], [6]], {"na_value": "NA"}, [[5, 2], [1, 6]]),
    (["1,2,3", "4,5,6"], [[0], [0]], {"select_cols": [0, 2]}, [[1, 4], [3, 6]]),
    (["1,"], [[0], ["e"]], {}, [[1], [b"e"]]), (['1,""'], [[0], ["e"]], {}, [[1], [b"e"]]),
    (["1,"], [0, "e"], {}, [[1], [b"e"]]), (['"5",6'], [[0], [0]], {}, [[5], [6]]),
    (["inf", "-inf", "1e-3"], [[0.0]], {}, [[np.inf, -np.inf, np.float32(1e-3)]]),
    (["99999999999"], [np.array([0], np.int64)], {}, [[99999999999]]),
    (np.array([], object), [[0], [""]], {}, [[], []]),
])
def test_columns(records: Any, defaults: Any, options: Any, expected: Any):
    assert columns(records, defaults, **options) == expected


@pytest.mark.parametrize(("record", "defaults", "text"), [
    ("1,", [[0], np.array([], np.float32)], "Field 1 is required but missing in record 0!"),
    ("1,2", [[0]], "Expect 1 fields but have 2 in record 0"),
    ("1", [[0], [0]], "Expect 2 fields but have 1 in record 0"),
    ("x", [[0]], "Field 0 in record 0 is not a valid int32: x"), ("1_0", [[0]], "not a valid int32"),
    ("1.5x", [[0.0]], "Field 0 in record 0 is not a valid float: 1.5x"),
    ("99999999999", [[0]], "Field 0 in record 0 is not a valid int32: 99999999999"),
    ("1,2\r\n", [[0], [0]], "Unquoted fields cannot have quotes/CRLFs inside"),
    ('1,a"b', [[0], [""]], "Unquoted fields cannot have quotes/CRLFs inside"),
    ('1,"a"b', [[0], [""]], "Quote inside a string has to be escaped by another quote"),
    ('1,"a', [[0], [""]], "Quoted field has to end with quote followed by delim or end"),
    ("", [["z"]], "Expect 1 fields but have 0 in record 0"),
])
def test_lines_that_do_not_fit(record: str, defaults: Any, text: str):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        columns([record], defaults)
    assert text in str(caught.value)


@pytest.mark.parametrize(("options", "text"), [
    ({"select_cols": [1, 0]}, "select_cols is not strictly increasing"),
    ({"select_cols": [-1, 0]}, "select_cols contains negative values"),
    ({"select_cols": [0]}, "Length of select_cols and record_defaults do not match"),
])
def test_columns_that_cannot_be_selected(options: Any, text: str):
    with pytest.raises(ValueError, match=text):
        columns(["1,2"], [[0], [0]], **options)


def test_defaults_of_other_shapes_and_types():
    with pytest.raises(ValueError, match="Shape of a default must be a length-0 or length-1 vector, or a scalar"):
        columns(["1"], [[1, 2]])
    with pytest.raises(TypeError, match="DataType uint8 not in list of allowed values"):
        columns(["1"], [np.array([1], np.uint8)])


def test_at_once_and_in_graphs():
    found = hb.io.decode_csv(["1,a", "2,"], [[0], ["none"]])
    assert [c.numpy().tolist() for c in found] == [[1, 2], [b"a", b"none"]]
    with tf.Graph().as_default() as graph:
        made = tf.decode_csv(tf.placeholder(tf.string, [None]), [[1], [""]])
        assert [(t.name, t.shape.as_list(), t.dtype) for t in made] == [("DecodeCSV:0", [None], tf.int32),
                                                                        ("DecodeCSV:1", [None], tf.string)]
        node = graph.as_graph_def().node[-1]
    assert list(node.attr["OUT_TYPE"].list.type) == [3, 7]
