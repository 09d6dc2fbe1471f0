"""The registry: filled once per name, and helpful when a name is missing or taken."""

import inspect

import pytest

from hornbeam.graph.errors import UnknownName
from hornbeam.graph.registry import Registry, caller_place


@pytest.fixture
def colours():
    registry = Registry("colour")
    registry.register("red", 1)
    registry.register("green", 2)
    registry.register("blue", 0)
    return registry


def here():
    """File and line of the caller."""
    caller = inspect.currentframe().f_back
    return f"{caller.f_code.co_filename}:{caller.f_lineno}"


def test_register_returns_the_item():
    assert Registry("colour").register("red", 1) == 1


def test_look_up(colours):
    assert colours.lookup("red") == colours["red"] == colours.get("red") == 1
    assert colours["blue"] == 0
    assert colours.get("pink") is None
    assert colours.get("pink", 5) == 5


def test_order_is_that_of_registration(colours):
    assert list(colours) == [1, 2, 0]
    assert colours.names() == ["red", "green", "blue"]
    assert len(colours) == 3


def test_names_are_a_copy(colours):
    colours.names().clear()
    assert len(colours) == 3


def test_membership_is_by_name(colours):
    assert "red" in colours
    assert "pink" not in colours
    assert 1 not in colours


def test_a_registry_remembers_the_place_of_the_call(colours):
    colours.register("pink", 3)
    line = here().rpartition(":")[2]
    assert colours.place("pink") == f"{__file__}:{int(line) - 1}"


def test_a_place_may_be_said(colours):
    colours.register("pink", 3, place="colours.py:7")
    assert colours.place("pink") == "colours.py:7"


def test_a_duplicate_names_both_places(colours):
    colours.register("pink", 3, place="first.py:7")
    with pytest.raises(ValueError) as info:
        colours.register("pink", 4, place="second.py:9")
    assert str(info.value) == "colour 'pink' is registered twice: at first.py:7 and at second.py:9."
    assert colours["pink"] == 3
    assert colours.place("pink") == "first.py:7"


@pytest.mark.parametrize("ask", [Registry.lookup, Registry.__getitem__, Registry.place])
def test_a_miss_guesses(colours, ask):
    with pytest.raises(UnknownName) as info:
        ask(colours, "gren")
    assert str(info.value) == "'gren' is not the name of a colour. Did you mean green?"
    assert info.value.__cause__ is None
    assert info.value.__suppress_context__


def test_a_miss_far_from_everything_says_where_to_look(colours):
    with pytest.raises(UnknownName) as info:
        colours.lookup("xyzzy")
    assert str(info.value) == "'xyzzy' is not the name of a colour. All 3: colours.names()"


def test_the_article_and_the_place_to_look():
    ops = Registry("op", where="hornbeam.graph.op.registry")
    with pytest.raises(UnknownName) as info:
        ops.lookup("Add")
    assert str(info.value) == "'Add' is not the name of an op. All 0: hornbeam.graph.op.registry.names()"


def test_no_more_than_three_guesses():
    registry = Registry("op", "ops")
    for n in range(6):
        registry.register(f"Conv{n}D", n)
    with pytest.raises(UnknownName, match=r"Did you mean Conv\dD or Conv\dD or Conv\dD\?$"):
        registry.lookup("ConvD")


def test_false_items_are_found():
    registry = Registry("thing")
    registry.register("nothing", None)
    assert registry.lookup("nothing") is None
    assert "nothing" in registry


def test_repr(colours):
    assert repr(colours) == "<Registry of 3 colours>"


def test_a_decorator_registers_the_place_where_it_is_put(colours):
    def colour(item):
        return colours.register(item.__name__, item, caller_place())

    colour(int)
    line = int(here().rpartition(":")[2]) - 1
    assert colours.place("int") == f"{__file__}:{line}"
