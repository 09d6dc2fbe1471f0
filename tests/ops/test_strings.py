"""Ops on strings: what TensorFlow 2.21 answers."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph.op import registry
from hornbeam.ops.hashing import fingerprint64, hash64, siphash

REPLACED = [
    (r"(?i)A+", r"<\0>", "aAb", "<aA>b"), ("(a)(b)?", r"\2-\1", "a", "-a"), ("$", "!", "ab\n", "ab\n!"),
    (r"\s", "_", "a\vb c\td", "a\vb_c_d"), (r"\w", "_", "aé1", "_é_"), (".", "-", "é\n", "-\n"),
    ("[[:digit:]]+", "#", "a12b3", "a#b#"), (r"\pL", "L", "aé1", "LL1"), (r"[\d\-x]", "#", "1-xy", "###y"),
    ("a*", "-", "baac", "-b-c-"), ("", "-", "ab", "-a-b-"), ("(?U)a+", "-", "aaa", "---"),
    (r"\Qa.b\E", "-", "a.b", "-"), (r"\bx\b", "-", "x éx", "- é-"), ("(?m)^a$", "-", "a\na", "-\n-"),
    ("(?s).", "-", "a\nb", "---"), ("[^a]", "-", "aé\n", "a--"), ("(?i)É", "-", "é", "-"), ("a|ab", "-", "ab", "-b"),
    (r"\x{e9}", "-", "é", "-"), ("a", r"\1", "a", "a"), ("a", r"\\x\q", "a", r"\x"), (r"\z", "!", "a", "a!"),
    ("a{2,3}", "-", "aaaaa", "--"), ("(?P<n>a)", r"<\1>", "a", "<a>"), (r"\B", "-", "", "-"),
    ("]", "-", "a]", "a-"), ("a{x", "-", "a{x", "-"), ("[]a]+", "-", "]ab", "-b")]
REFUSED = [
    ("(?=a)", "invalid perl operator: (?="), ("(a", "missing ): (a"), (r"a\1", r"invalid escape sequence: \1"),
    ("a++", "bad repetition operator: ++"), ("a{1001}", "invalid repetition size: {1001}"),
    ("(?#c)a", "invalid perl operator: (?#"), ("*a", "missing argument to repetition operator: *"),
    ("[a", "missing ]: [a"), ("[b-a]", "invalid character class range: b-a"), ("a\\", "trailing \\ at end of regexp")]


@pytest.mark.parametrize(("pattern", "rewrite", "text", "wanted"), REPLACED)
def test_regex_replace(pattern: str, rewrite: str, text: str, wanted: str) -> None:
    assert hb.strings.regex_replace([text], pattern, rewrite).numpy().tolist() == [wanted.encode()]
    assert hb.strings.regex_replace(text, hb.constant(pattern), rewrite).numpy() == wanted.encode()


@pytest.mark.parametrize(("pattern", "words"), REFUSED)
def test_a_pattern_that_is_none_says_why(pattern: str, words: str) -> None:
    with pytest.raises(hb.errors.InvalidArgumentError) as caught:
        hb.strings.regex_full_match(["a"], pattern)
    assert f"Invalid pattern: {pattern}, error: {words}" in str(caught.value)


def test_regex_first_match_only_and_bytes_that_are_not_text() -> None:
    assert hb.strings.regex_replace("baac", "a*", "-", replace_global=False).numpy() == b"-baac"
    assert hb.strings.regex_replace(b"\xffa\xfe", ".", "-").numpy() == b"\xff-\xfe"
    assert hb.strings.regex_full_match(["ab", "abc", "ab\n"], "a.*").numpy().tolist() == [True, True, False]
    with pytest.raises(hb.errors.InvalidArgumentError, match=r"Pattern must be scalar, but received \[2\]"):
        hb.raw_ops.RegexReplace(input=["a"], pattern=["a", "b"], rewrite="x")


HASHES = {
    0: (1936946117179621455, 105434511174508091, 443797209252341627),
    3: (2640714258260161385, 1046625677629754806, 1250540936487842205),
    7: (4341691227789030229, 2960345911509200448, 957890530879302020),
    12: (1064889412306809819, 2951209715007024098, 581588757420732271),
    16: (1469030743107030717, 956259514752743408, 1501375239708061149),
    33: (3791661765545721355, 370557812084391300, 2137629233670874707)}
"""Length of a string → its bucket of 2⁶² by `to_hash_bucket_fast`, `to_hash_bucket`, `to_hash_bucket_strong`."""
LONG = {
    65: (3889391544646074891, 1412989826357507088, 2351821700262630418),
    128: (2056131915184924913, 2332619275097112376, 3038983847118614391),
    139: (1159682638682552992, 1405392257434400150, 1892093036097478707)}


@pytest.mark.parametrize("length", [*HASHES, *LONG])
def test_hashes_bit_for_bit(length: int) -> None:
    text = ("abcdefghijklmnopqrstuvwxyz0123456789" * 5)[:length].encode()
    found = fingerprint64(text), hash64(text), siphash(text, (1, 2))
    assert tuple(h % 2**62 for h in found) == (HASHES | LONG)[length]


def test_buckets() -> None:
    assert hb.strings.to_hash_bucket_fast(["", "abc"], 2**62).numpy().tolist() == [HASHES[0][0], HASHES[3][0]]
    assert hb.strings.to_hash_bucket("", 2**62).numpy() == HASHES[0][1]
    assert hb.strings.to_hash_bucket_strong("", 2**62, [1, 2]).numpy() == HASHES[0][2]
    with pytest.raises(hb.errors.InvalidArgumentError, match="must be at least minimum 1"):
        hb.strings.to_hash_bucket_fast("a", 0)
    with pytest.raises(hb.errors.InvalidArgumentError, match="Key must have 2 elements"):
        hb.strings.to_hash_bucket_strong("a", 5, [1])


def test_numbers() -> None:
    texts = [" 1", "+1.5e3\n", "0x10", "NaN", "-Infinity", ".5", "5.", "1e400", "1e-400"]
    assert hb.strings.to_number(texts).numpy() == pytest.approx(
        [1, 1500, 16, np.nan, -np.inf, 0.5, 5, np.inf, 0], nan_ok=True)
    assert hb.strings.to_number("99999999999999999", hb.int64).numpy() == 99999999999999999
    for text, dtype in [("1_0", hb.float32), ("", hb.float32), ("٣", hb.float64), ("1f", hb.float32), ("1.5", hb.int32),
                        ("3000000000", hb.int32), ("-1", hb.uint64), ("0x10", hb.int32)]:
        with pytest.raises(hb.errors.InvalidArgumentError, match="could not correctly convert string: "):
            hb.strings.to_number(text, dtype)


GRID, CUBE = [["a", "b"], ["c", "d"]], [[["a", "b"], ["c", "d"]], [["e", "f"], ["g", "h"]]]


@pytest.mark.parametrize(("inputs", "arguments", "wanted"), [
    (GRID, {}, b"abcd"), (GRID, {"axis": 0}, [b"ac", b"bd"]), (GRID, {"axis": [0, 1]}, b"acbd"),
    (GRID, {"axis": [1, 0], "separator": "."}, b"a.b.c.d"), (GRID, {"axis": 0, "keepdims": True}, [[b"ac", b"bd"]]),
    (CUBE, {"axis": [2, 0]}, [b"abef", b"cdgh"]), (CUBE, {"axis": [0, 2], "keepdims": True}, [[[b"aebf"], [b"cgdh"]]]),
    ("abc", {}, b"abc"), (GRID, {"axis": []}, [[b"a", b"b"], [b"c", b"d"]])])
def test_reduce_join(inputs: Any, arguments: dict[str, Any], wanted: Any) -> None:
    found = hb.strings.reduce_join(inputs, **arguments).numpy()
    assert np.asarray(found, object).tolist() == wanted


def test_reduce_join_in_a_graph_and_what_it_refuses() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        words = tf.placeholder(tf.string)
        joined = tf.reduce_join(words, separator=",")
        assert session.run(joined, {words: GRID}) == b"a,b,c,d"
        assert session.run(joined, {words: CUBE}) == b"a,b,c,d,e,f,g,h"
        known = tf.reduce_join(tf.constant(GRID), reduction_indices=[0], keep_dims=True)
        assert known.shape.as_list() == [1, 2]
        assert known.name == "ReduceJoin_1/ReduceJoin:0"
        with pytest.raises(ValueError, match="Invalid reduction dimension 2 for input with 2 dimension"):
            tf.reduce_join(GRID, axis=2)
    with pytest.raises(hb.errors.OutOfRangeError, match="Invalid reduction dimension 2 for input with 2 dimension"):
        hb.strings.reduce_join(GRID, axis=2)
    with pytest.raises(hb.errors.InvalidArgumentError, match="Duplicate reduction dimension -2"):
        hb.strings.reduce_join(GRID, axis=[0, -2])


def test_unsorted_segment_join() -> None:
    join = hb.strings.unsorted_segment_join
    assert join(["a", "b", "c"], [0, 1, 0], 3, ":").numpy().tolist() == [b"a:c", b"b", b""]
    assert join(GRID, [0, 0], 1, "-").numpy().tolist() == [[b"a-c", b"b-d"]]
    assert join(GRID, [[0, 1], [1, 0]], 2, "-").numpy().tolist() == [b"a-d", b"b-c"]
    for ids, count, words in [([0, -1], 2, "negative values"), ([0, 5], 2, "exceed num_segments"),
                              ([0], 2, "Segment dimension is 1 while input dimension is 2 in rank 0"),
                              ([0, 1], -2, "must be non-negative but got -2"), (0, 2, "cannot have rank 0")]:
        with pytest.raises(hb.errors.InvalidArgumentError, match=words):
            join(GRID, ids, count)


def test_base64() -> None:
    texts = ["", "a", "ab", b"\xff\xfe>?"]
    encoded = hb.io.encode_base64(texts)
    assert encoded.numpy().tolist() == [b"", b"YQ", b"YWI", b"__4-Pw"]
    assert hb.io.encode_base64("ab", pad=True).numpy() == b"YWI="
    assert hb.io.decode_base64(encoded).numpy().tolist() == [b"", b"a", b"ab", b"\xff\xfe>?"]
    assert hb.io.decode_base64(["YR==", "YWI="]).numpy().tolist() == [b"a", b"ab"]
    for text, words in [("//+/", "Invalid character"), ("YQ=", "Invalid character"), ("Y", "cannot be 1 modulo 4")]:
        with pytest.raises(hb.errors.InvalidArgumentError, match=words):
            hb.io.decode_base64(text)


def test_raw_bytes() -> None:
    raw = hb.io.decode_raw
    assert raw([[b"ab", b"cd"]], hb.int16, little_endian=False).numpy().tolist() == [[[24930], [25444]]]
    assert raw([b"ab", b"abcde"], hb.uint8, fixed_length=4).numpy().tolist() == [[97, 98, 0, 0], [97, 98, 99, 100]]
    assert raw(b"\x00\x00\x80?", hb.float32).numpy().tolist() == [1.0]
    assert raw(b"\x00\x02", hb.bool).numpy().tolist() == [False, True]
    assert raw(["", ""], hb.int16).shape == (2, 0)
    with tf.Graph().as_default():
        assert tf.decode_raw(tf.placeholder(tf.string, [None, 2]), tf.int16).shape.as_list() == [None, 2, None]
    for strings, dtype, length, words in [
            ([b"ab", b"abc"], hb.uint8, None, "same size, but element 1 has size 2 != 3"),
            ([b"abc"], hb.int16, None, "length 3 that is not a multiple of 2, the size of int16"),
            ([b"ab"], hb.int16, 3, r"fixed_length \(3\) must be a multiple of the size of out_type \(2\)"),
            ([b"ab"], hb.int16, 0, r"fixed_length \(0\) must be greater than zero")]:
        with pytest.raises(hb.errors.InvalidArgumentError, match=words):
            raw(strings, dtype, fixed_length=length)


def test_compressed_data() -> None:
    text = b"hello " * 10
    unpacked = hb.io.decode_compressed
    assert unpacked([zlib.compress(text), b""], "ZLIB").numpy().tolist() == [text, b""]
    assert unpacked(gzip.compress(text), "GZIP").numpy() == text
    with pytest.raises(hb.errors.DataLossError, match=r"inflate\(\) failed with error -3: incorrect header check"):
        unpacked([text], "ZLIB")


def test_splitting_by_raw_ops() -> None:
    _, values, shape = hb.raw_ops.StringSplitV2(input=["a b  c", "", "x"], sep="", maxsplit=1)
    assert values.numpy().tolist() == [b"a", b"b  c", b"x", b""]
    assert shape.numpy().tolist() == [3, 2]
    indices, values, _ = hb.raw_ops.StringSplit(input=["a,b;;c"], delimiter=",;")
    assert values.numpy().tolist() == [b"a", b"b", b"c"]
    assert indices.numpy().tolist() == [[0, 0], [0, 1], [0, 2]]
    assert hb.raw_ops.StringSplit(input=["ab"], delimiter="").values.numpy().tolist() == [b"a", b"b"]
    assert hb.raw_ops.StringSplitV2(input=["a<>b<>"], sep="<>").values.numpy().tolist() == [b"a", b"b", b""]


def test_unicode_transcode() -> None:
    change = hb.strings.unicode_transcode
    assert change("h\u00e9\U0001f600", "UTF-8", "UTF-16-BE").numpy() == b"\x00h\x00\xe9\xd8=\xde\x00"
    assert change([b"\xff a\xfe", b"\xe2\x82", b"\xed\xa0\x80"], "UTF-8", "UTF-8").numpy().tolist() == [
        "\ufffd a\ufffd".encode(), "\ufffd".encode(), "\ufffd\ufffd\ufffd".encode()]
    assert change(b"a\xffb", "UTF-8", "UTF-8", errors="ignore").numpy() == b"ab"
    assert change(b"a\xffb", "UTF-8", "UTF-8", replacement_char=32).numpy() == b"a b"
    assert change(b"a\n\x7fb", "UTF-8", "UTF-8", replace_control_characters=True).numpy() == "a\ufffd\x7fb".encode()
    assert change(b"\xe9", "latin1", "UTF-32-BE").numpy() == b"\x00\x00\x00\xe9"
    assert change(b"\x82\xa0", "shift_jis", "UTF-8").numpy() == "\u3042".encode()
    for arguments, words in [
            (("UTF-8", "UTF-8", "strict"), "Invalid formatting on input string"),
            (("nope", "UTF-8"), "Could not create converter for input encoding: nope"),
            (("UTF-8", "latin1"), "not in the list of allowed values"), (("UTF-8", "UTF-8", "x"), "'errors' of \"x\"")]:
        with pytest.raises(hb.errors.InvalidArgumentError, match=words):
            change(b"\xff", *arguments)


def test_code_points() -> None:
    encode = hb.strings.unicode_encode
    assert encode([104, 233, 128512], "UTF-8").numpy() == "h\u00e9\U0001f600".encode()
    assert encode([[104, 233], [1, 2]], "UTF-16-BE").numpy().tolist() == [b"\x00h\x00\xe9", b"\x00\x01\x00\x02"]
    assert encode([[[65], [66]]], "UTF-8").numpy().tolist() == [[b"A", b"B"]]
    assert encode([0x110000, 0xD800, -1], "UTF-8", replacement_char=63).numpy() == b"???"
    assert encode(np.zeros([2, 0], np.int32), "UTF-8").numpy().tolist() == [b"", b""]
    with pytest.raises(hb.errors.InvalidArgumentError, match="out of range for Unicode, or is a surrogate"):
        encode([0xD800], "UTF-8", errors="strict")
    with pytest.raises(ValueError, match="rank must be at least 1"):
        encode(65, "UTF-8")
    decoded = hb.raw_ops.UnicodeDecodeWithOffsets(input=["a\u00e9b", "\u00e9", b"\xff\xffa"], input_encoding="UTF-8")
    assert [t.numpy().tolist() for t in decoded] == [
        [0, 3, 4, 7], [97, 233, 98, 233, 65533, 65533, 97], [0, 1, 3, 0, 0, 1, 2]]


def test_a_list_of_tensors_keeps_each_dtype_where_some_are_strings() -> None:
    given = [hb.constant(["a", "b"]), hb.constant([7, 8]), hb.constant(2.5)]
    for op in ("IdentityN", "OptimizationBarrier"):
        words, numbers, number = registry[op](given)
        assert words.numpy().tolist() == [b"a", b"b"]
        assert numbers.numpy().tolist() == [7, 8]
        assert numbers.dtype is hb.int32
        assert number.numpy() == 2.5


def test_the_first_generations_names() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.string_to_number(["1", "2"], tf.int32)).tolist() == [1, 2]
        assert session.run(tf.strings.to_number(input="2")) == 2
        assert session.run(tf.string_to_hash_bucket_fast("", 2**62)) == HASHES[0][0]
        assert session.run(tf.decode_raw(bytes=["ab"], out_type=tf.uint8)).tolist() == [[97, 98]]
        assert session.run(tf.decode_base64(tf.encode_base64("xyz"))) == b"xyz"
        assert session.run(tf.regex_replace("ab", "a", "x")) == b"xb"
        with pytest.raises(ValueError, match="Cannot specify both 'string_tensor' and 'input'"):
            tf.string_to_number("1", input="2")


def test_strings_split_into_sparse_tensors() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run(tf.string_split(["a b  c", "", "x"]))
        assert found.indices.tolist() == [[0, 0], [0, 1], [0, 2], [2, 0]]
        assert found.values.tolist() == [b"a", b"b", b"c", b"x"]
        assert found.dense_shape.tolist() == [3, 3]
        found = session.run(tf.string_split(["a,,b"], delimiter=",", skip_empty=False))
        assert found.values.tolist() == [b"a", b"", b"b"]
        found = session.run(tf.strings.split([["a b", "c"], ["", "d e f"]]))
        assert found.indices.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 1, 0], [1, 1, 1], [1, 1, 2]]
        assert found.dense_shape.tolist() == [2, 2, 3]
        assert session.run(tf.strings.split(source="a b", maxsplit=1)).dense_shape.tolist() == [1, 2]
        with pytest.raises(ValueError, match="Shape must be rank 1 but is rank 0"):
            tf.string_split("a b")
        with pytest.raises(ValueError, match="Cannot specify both 'delimiter' and 'sep'"):
            tf.string_split(["a"], sep=",", delimiter=",")


@pytest.mark.parametrize(("attrs", "wanted", "ends"), [
    (((2,), "L", "R", -1, False), "L a,a b,b c,c R,L R,L d,d R", [0, 4, 5, 7]),
    (((2,), "", "", 0, True), "a b,b c,d", [0, 2, 2, 3]),
    (((1, 3), "L", "R", 1, True), "a,b,c,L a b,a b c,b c R,d,L d R", [0, 6, 6, 8])])
def test_ngrams(attrs: Any, wanted: str, ends: list[int]) -> None:
    names = ("ngram_widths", "left_pad", "right_pad", "pad_width", "preserve_short_sequences")
    made = hb.raw_ops.StringNGrams(data=["a", "b", "c", "d"], data_splits=[0, 3, 3, 4], separator=" ",
                                   **dict(zip(names, attrs, strict=True)))
    assert b",".join(made[0].numpy()).decode() == wanted
    assert made[1].numpy().tolist() == ends
    with pytest.raises(hb.errors.InvalidArgumentError, match="First split value must be 0, got 1"):
        hb.raw_ops.StringNGrams(data=["a"], data_splits=[1, 1], separator=" ", **dict(zip(names, attrs, strict=True)))


def test_vectors_of_strings_in_texts() -> None:
    assert hb.strings.format("{}", ([["a", "b"], ["c", "d"]],)).numpy() == b'[["a" "b"]\n ["c" "d"]]'
