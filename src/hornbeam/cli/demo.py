"""`hornbeam demo`: a small network learns to read digits, here in the terminal.

A TensorFlow 1 program like any other, with a progress bar: data, graph, session, accuracy, a few digits
with the answers, and the picture of the graph.
"""

import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.style import Style
from rich.text import Text

import hornbeam.v1 as tf
from hornbeam.data.mnist import MnistUnavailable
from hornbeam.v1.examples.tutorials.mnist import input_data

BATCH = 100
HIDDEN = 128
REDRAW = 0.1  # seconds


class Data(NamedTuple):
    """What is learned from, what is tested on, and how high and wide an image is."""

    train: input_data.DataSet
    test: input_data.DataSet
    side: int


class Network(NamedTuple):
    """The tensors and operations that training and testing name."""

    images: Any
    labels: Any
    loss: Any
    train: Any
    answers: Any


@click.command()
@click.option("--steps", default=1500, show_default=True, help="Training steps, of 100 images each.")
@click.option("--seed", default=0, show_default=True, help="Makes the run repeatable.")
@click.option("--picture", default="demo-graph.svg", show_default=True, help="Where the graph is drawn.")
def demo(steps: int, seed: int, picture: str) -> None:
    """Train a network on MNIST, here in the terminal."""
    console = Console()
    np.random.seed(seed)
    data = mnist_or_small_digits(console)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.set_random_seed(seed)
        network = build(data.side**2)
        session.run(tf.global_variables_initializer())
        train(console, session, network, data.train, steps)
        answers = session.run(network.answers, feed_dict={network.images: data.test.images})
        right = answers == data.test.labels
        console.print(f"\nAccuracy on {len(right)} images that it has not seen: [bold]{right.mean():.4f}[/bold]\n")
        draw_answers(console, data, answers)
        console.print(f"\nThe picture of the graph: {Path(graph.write_picture(picture)).absolute()}")


def mnist_or_small_digits(console: Console) -> Data:
    """MNIST; only where it cannot be had, scikit-learn's small digits, and the user is told so."""
    try:
        mnist = input_data.read_data_sets("MNIST_data")
        return Data(mnist.train, mnist.test, 28)
    except MnistUnavailable as error:
        console.print(Panel(str(error), title="No MNIST here", border_style="red"))
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        console.print("[red]scikit-learn, whose small digits would do, is not installed either.[/red]")
        sys.exit(1)
    notice = (
        "THIS IS NOT MNIST. Training on the small digits that come with scikit-learn instead: 1797 images "
        "of 8×8 pixels. The accuracy below says nothing about MNIST."
    )
    console.print(Panel(notice, border_style="red bold"))
    pixels, labels = load_digits(return_X_y=True)
    order = np.random.permutation(len(labels))
    pixels = (pixels[order] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
    labels = labels[order]
    train, test = (input_data.DataSet(pixels[part], labels[part]) for part in (slice(360, None), slice(360)))
    return Data(train, test, 8)


def build(pixels: int) -> Network:
    """One hidden layer, cross entropy, Adam."""
    images = tf.placeholder(tf.float32, [None, pixels], name="images")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    hidden = tf.nn.relu(_linear(images, pixels, HIDDEN, "hidden"))
    logits = _linear(hidden, HIDDEN, 10, "output")
    with tf.name_scope("loss"):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        loss = tf.reduce_mean(losses)
    train_step = tf.train.AdamOptimizer(0.002).minimize(loss)
    return Network(images, labels, loss, train_step, tf.argmax(logits, 1, name="answers"))


def _linear(inputs: Any, size_in: int, size_out: int, name: str) -> Any:
    with tf.name_scope(name):
        weights = tf.Variable(tf.truncated_normal([size_in, size_out], stddev=(2 / size_in) ** 0.5), name="W")
        return tf.matmul(inputs, weights) + tf.Variable(tf.zeros([size_out]), name="b")


def train(console: Console, session: Any, network: Network, data: input_data.DataSet, steps: int) -> None:
    """Train, with a bar that shows the loss, averaged over a while, and the steps per second."""
    columns = (
        "{task.description}",
        BarColumn(),
        "{task.completed}/{task.total}",
        TextColumn("{task.fields[say]}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=console, auto_refresh=False) as progress:
        bar = progress.add_task("training", total=steps, say="compiling")
        loss, shown, shown_at = None, 0, time.perf_counter()
        for step in range(1, steps + 1):
            images, labels = data.next_batch(BATCH)
            feed = {network.images: images, network.labels: labels}
            _, now = session.run([network.train, network.loss], feed_dict=feed)
            loss = now if loss is None else 0.98 * loss + 0.02 * now
            clock = time.perf_counter()
            if clock - shown_at > REDRAW or step == steps:
                speed = (step - shown) / (clock - shown_at)
                progress.update(bar, completed=step, say=f"loss {loss:.3f}  {speed:5.0f} steps/s", refresh=True)
                shown, shown_at = step, clock


def draw_answers(console: Console, data: Data, answers: np.ndarray) -> None:
    """As many test images as fit side by side, each with its answer; the last one is a mistake, if there is
    one."""
    margin = 4 if data.side == 28 else 0  # MNIST's digits stand in the middle 20×20 pixels
    width = data.side - 2 * margin
    count = max(1, min(8, console.width // (width + 2)))
    wrong = np.flatnonzero(answers != data.test.labels)
    chosen = [*range(count - 1), wrong[0] if len(wrong) else count - 1]
    images = data.test.images.reshape(-1, data.side, data.side)[:, margin : margin + width, margin : margin + width]
    pictures = []
    for index in chosen:
        answer, truth = answers[index], data.test.labels[index]
        caption = Text(f"{answer}", "bold green") if answer == truth else Text(f"{answer} for {truth}", "bold red")
        caption.align("center", width)
        shaded = console.color_system in ("truecolor", "256")
        pictures.append(half_blocks(images[index], shaded) + Text("\n") + caption)
    console.print(Columns(pictures, padding=(0, 2)))


def half_blocks(image: np.ndarray, shaded: bool) -> Text:
    """A grey image `[rows, columns]` in 0..1 as text, two rows of pixels in a row of characters.

    With `shaded` the upper half block has the colour of the upper pixel on that of the lower one; without,
    a pixel is there or not.

    >>> print(half_blocks(np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]), shaded=False))
    █▀▄
    """
    if len(image) % 2:
        image = np.vstack([image, np.zeros_like(image[:1])])
    picture = Text(no_wrap=True)
    for row, (upper, lower) in enumerate(zip(image[::2], image[1::2], strict=True)):
        picture.append("\n" if row else "")
        for above, below in zip(upper, lower, strict=True):
            if shaded:
                picture.append("▀", Style(color=_grey(above), bgcolor=_grey(below)))
            else:
                picture.append(" ▄▀█"[2 * (above > 0.4) + (below > 0.4)])
    return picture


def _grey(brightness: float) -> str:
    level = round(255 * float(brightness))
    return f"rgb({level},{level},{level})"
