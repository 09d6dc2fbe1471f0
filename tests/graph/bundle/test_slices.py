"""Parts of variables: their text, and their keys in an index, byte by byte as TensorFlow writes them."""

import pytest

from hornbeam.graph.bundle import slices


def test_text_both_ways():
    assert slices.parsed("5 2 0,3:-") == ((5, 2), ((0, 3), None))
    assert slices.formatted((5, 2), ((0, 3), None)) == "5 2 0,3:-"
    assert slices.parsed("7 2,5") == ((7,), ((2, 5),))


@pytest.mark.parametrize("text", ["5 2", "5 x 0,3:-", "5 2 0,3", "5 2 0,6:-", "5 2 -1,2:-", "5 2 0,3:-:-", "a",
                                  "5 2 0:-"])
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match=r"rror in|Need shape"):
        slices.parsed(text)


def test_keys_recorded_from_tensorflow():
    assert slices.key("p", ((0, 3), (0, 2))) == b"\x00p\x00\x01\x01\x02\x80\x83\x80\x82"
    assert slices.key("p", ((3, 2), None)) == b"\x00p\x00\x01\x01\x02\x83\x82\x80\x7f"
    assert slices.key("", ()) == b"\x00\x00\x01\x00"
    assert slices.key("v", ((64, 2), (8191, 9000))) == b"\x00v\x00\x01\x01\x02\xc0@\x82\xdf\xff\xe0#("


def test_keys_are_ordered_as_places_are():
    places = [0, 1, 63, 64, 65, 8191, 8192, 1 << 20, 1 << 27, 1 << 41, (1 << 62) - 1]
    keys = [slices.key("v", ((p, 1),)) for p in places]
    assert keys == sorted(keys)


def test_common_elements():
    whole = [(0, 5), (0, 2)]
    assert slices.shared(whole, [(3, 9), (1, 2)]) == [(3, 5), (1, 2)]
    assert slices.shared(whole, [(5, 9), (0, 2)]) is None
    assert slices.within([(3, 5), (1, 2)], [(2, 6), (0, 2)]) == (slice(1, 3), slice(1, 2))
    assert slices.is_whole((5, 2), (None, (0, 2)))
    assert not slices.is_whole((5, 2), (None, (0, 1)))
