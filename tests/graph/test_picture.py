"""The picture of a graph: well-formed, complete, and small enough to look at."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

import hornbeam.v1 as tf
from hornbeam.graph import picture

SVG = "{http://www.w3.org/2000/svg}"


def small_graph() -> tf.Graph:
    with tf.Graph().as_default() as graph:
        a, b = tf.placeholder(tf.float32, [None, 3], name="A"), tf.placeholder(tf.float32, [3], name="B")
        with tf.control_dependencies([tf.no_op(name="first")]):
            tf.add(tf.multiply(a, b, name="Mul"), 1.0, name="Add")
    return graph


def layers(count: int) -> tf.Graph:
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        for i in range(count):
            with tf.name_scope(f"layer{i}"):
                w = tf.Variable(tf.zeros([4, 4]), name="w")
                x = tf.nn.relu(tf.matmul(x, w))
        tf.train.AdamOptimizer().minimize(tf.reduce_mean(x, name="loss"))
    return graph


def names(graph) -> list[str]:
    return [unit.name for unit in picture.units_of(graph)]


def test_a_small_graph_shows_every_operation(tmp_path):
    graph = small_graph()
    path = graph.write_picture(tmp_path / "graph.svg")
    root = ElementTree.parse(path).getroot()
    bold = [text.text for text in root.iter(f"{SVG}text") if text.get("font-weight") == "bold"]
    assert {"A", "B", "Mul", "Add", "first"} <= set(bold)
    labels = [text.text for text in root.iter(f"{SVG}text")]
    assert "Placeholder [?, 3]" in labels
    assert labels.count("[?, 3]") == 2  # from A to Mul, from Mul to Add
    assert any("test_picture.py" in (title.text or "") for title in root.iter(f"{SVG}title"))


def test_dot(tmp_path):
    text = Path(small_graph().write_picture(tmp_path / "graph.dot")).read_text()
    assert text.startswith("digraph")
    assert 'label="A\\nPlaceholder [?, 3]"' in text
    assert "style=dashed" in text


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"writes .svg and .dot, not '.*graph.png'"):
        small_graph().write_picture(tmp_path / "graph.png")


def test_an_empty_graph(tmp_path):
    assert ElementTree.parse(tf.Graph().write_picture(tmp_path / "empty.svg")).getroot() is not None


def test_a_variable_and_its_helpers_are_one_box():
    assert "layer0/w" in names(layers(1))
    assert not [name for name in names(layers(1)) if name.startswith("layer0/w/")]


@pytest.mark.parametrize("count", [1, 4, 12])
def test_scopes_are_opened_while_there_is_room(count):
    found = names(layers(count))
    assert len(found) <= picture.MOST_BOXES
    closed = [f"layer{i}" for i in range(count) if f"layer{i}" in found]
    assert bool(closed) == (count == 12)
    assert "gradients" in found  # never opened
