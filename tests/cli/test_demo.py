"""The demo trains, says what it trained on, draws digits and writes the picture of the graph."""

import io
import sys
from types import ModuleType

import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

from hornbeam.cli import demo
from hornbeam.data.mnist import MnistUnavailable


@pytest.mark.slow
def test_the_demo_on_mnist(tmp_path, monkeypatch, mnist_folder):
    monkeypatch.setenv("HORNBEAM_DATA", str(mnist_folder))
    picture = tmp_path / "graph.svg"
    done = CliRunner().invoke(demo.demo, ["--steps", "500", "--picture", str(picture)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "500/500" in done.output
    accuracy = float(done.output.partition("not seen: ")[2].split()[0])
    assert 0.93 < accuracy < 1
    assert str(picture) in done.output.replace("\n", "")
    assert "hidden" in picture.read_text()


@pytest.fixture
def no_mnist(monkeypatch):
    def unavailable(*_, **__):
        raise MnistUnavailable("MNIST could not be had. Tried: everything")

    monkeypatch.setattr(demo.input_data, "read_data_sets", unavailable)


def test_without_mnist_the_small_digits_are_used_and_it_says_so(tmp_path, monkeypatch, no_mnist):
    random = np.random.default_rng(0)
    classes = random.integers(0, 17, (10, 8, 8))
    labels = random.integers(0, 10, 1797)
    fake = ModuleType("sklearn.datasets")
    fake.load_digits = lambda return_X_y: (classes[labels].reshape(-1, 64).astype(float), labels)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", fake)
    picture = tmp_path / "graph.svg"
    done = CliRunner().invoke(demo.demo, ["--steps", "50", "--picture", str(picture)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "Tried: everything" in done.output
    assert "THIS IS NOT MNIST" in done.output
    assert "Accuracy on 360 images" in done.output


def test_with_neither_it_says_both_and_fails(monkeypatch, no_mnist):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    done = CliRunner().invoke(demo.demo, [])
    assert done.exit_code == 1
    assert "Tried: everything" in done.output
    assert "not installed either" in done.output


def test_half_blocks_with_shades():
    picture = demo.half_blocks(np.array([[0.0, 1.0], [0.5, 0.0], [1.0, 0.0]]), shaded=True)
    assert picture.plain == "▀▀\n▀▀"
    upper_left = picture.spans[0].style
    assert (upper_left.color.triplet.red, upper_left.bgcolor.triplet.red) == (0, 128)


@pytest.mark.parametrize(("width", "count"), [(22, 1), (80, 3), (200, 8)])
def test_as_many_digits_as_fit(width, count):
    images = np.full((20, 28, 28, 1), 255, np.uint8)
    test = demo.input_data.DataSet(images, np.arange(20) % 10)
    console = Console(width=width, color_system=None, record=True, file=io.StringIO())
    answers = np.arange(20) % 10
    answers[15] = 9
    demo.draw_answers(console, demo.Data(test, test, 28), answers)
    text = console.export_text()
    assert text.splitlines()[0].count("█" * 20) == count
    assert "9 for 5" in text
    assert all(len(line) <= width for line in text.splitlines())
