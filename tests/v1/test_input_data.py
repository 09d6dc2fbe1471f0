"""`input_data` behaves as TensorFlow 1's: shapes, scaling, one-hot, splits, and the order of batches."""

import gzip
import subprocess
import sys

import numpy as np
import pytest

from hornbeam.v1.examples.tutorials.mnist import input_data


def data_set(n: int, **options) -> input_data.DataSet:
    images = np.arange(n, dtype=np.uint8).reshape(n, 1, 1, 1)
    return input_data.DataSet(images, np.arange(n), dtype=np.uint8, **options)


@pytest.fixture(scope="module")
def mnist(mnist_folder):
    return input_data.read_data_sets(mnist_folder, one_hot=True)


def test_parts_of_the_real_files(mnist):
    assert [part.num_examples for part in mnist] == [55000, 5000, 10000]
    assert mnist.test.images.shape == (10000, 784)
    assert mnist.test.images.dtype == np.float32
    assert (mnist.test.images.min(), mnist.test.images.max()) == (0.0, 1.0)
    assert mnist.train.labels.shape == (55000, 10)
    assert mnist.train.labels.sum() == 55000
    assert np.argmax(mnist.test.labels[:10], axis=1).tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_batches_are_scaled_like_the_images(mnist):
    images, labels = mnist.test.next_batch(100, shuffle=False)
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images, mnist.test.images[:100])
    np.testing.assert_array_equal(labels, mnist.test.labels[:100])


def test_options_on_the_real_files(mnist_folder):
    mnist = input_data.read_data_sets(mnist_folder, dtype="uint8", reshape=False, validation_size=0)
    assert mnist.train.images.shape == (60000, 28, 28, 1)
    assert mnist.train.images.dtype == np.uint8
    assert mnist.train.labels[:3].tolist() == [5, 0, 4]
    assert mnist.validation.num_examples == 0


@pytest.mark.parametrize("size", [-1, 60001])
def test_validation_size_out_of_range(mnist_folder, size):
    with pytest.raises(ValueError, match=f"between 0 and 60000. Received: {size}."):
        input_data.read_data_sets(mnist_folder, validation_size=size)


def test_extract_reads_open_and_named_files(mnist_folder):
    path = mnist_folder / "t10k-labels-idx1-ubyte.gz"
    with open(path, "rb") as packed, gzip.open(path, "rb") as plain:
        for labels in (input_data.extract_labels(source) for source in (str(path), path, packed, plain)):
            assert labels[:4].tolist() == [7, 2, 1, 0]
    assert input_data.extract_labels(path, one_hot=True).shape == (10000, 10)
    assert input_data.extract_images(mnist_folder / "t10k-images-idx3-ubyte.gz").shape == (10000, 28, 28, 1)
    with pytest.raises(ValueError, match="magic number 2049, expected 2051"):
        input_data.extract_images(path)


def test_an_epoch_gives_every_example_once():
    data = data_set(10)
    first = np.concatenate([data.next_batch(5)[1] for _ in range(2)])
    assert sorted(first) == list(range(10))
    assert data.epochs_completed == 0  # the end is reached, but nothing beyond it was asked for


def test_a_batch_past_the_end_goes_on_in_the_next_epoch():
    data = data_set(10)
    seen = [data.next_batch(4)[1] for _ in range(3)]
    assert data.epochs_completed == 1
    assert sorted(np.concatenate([*seen[:2], seen[2][:2]])) == list(range(10))
    rest = np.concatenate([seen[2][2:], data.next_batch(4)[1], data.next_batch(4)[1]])
    assert sorted(rest) == list(range(10))


def test_a_batch_larger_than_the_set_is_full():
    data = data_set(3)
    images, labels = data.next_batch(8, shuffle=False)
    assert labels.tolist() == [0, 1, 2, 0, 1, 2, 0, 1]
    assert images.shape == (8, 1)
    assert data.epochs_completed == 2


def test_images_and_labels_stay_together():
    data = data_set(50)
    for _ in range(7):
        images, labels = data.next_batch(16)
        np.testing.assert_array_equal(images[:, 0], labels)


def test_batches_are_copies():
    data = data_set(4)
    data.next_batch(4, shuffle=False)[0][:] = 9
    assert data.images[:, 0].tolist() == [0, 1, 2, 3]


def reference_batches(n: int, batch: int, count: int, seed: int) -> list[list[int]]:
    """What TensorFlow 1 does, said plainly: the data itself is shuffled at each epoch, by the global
    generator."""
    np.random.seed(seed)
    data, start, batches, epoch = np.arange(n), 0, [], 0
    for _ in range(count):
        if start == 0 and epoch == 0:
            data = data[_permutation(n)]
        if start + batch > n:
            epoch += 1
            rest = data[start:]
            data = data[_permutation(n)]
            start = batch - len(rest)
            batches.append([*rest, *data[:start]])
        else:
            batches.append(list(data[start : start + batch]))
            start += batch
    return batches


def _permutation(n):
    permutation = np.arange(n)
    np.random.shuffle(permutation)
    return permutation


@pytest.mark.parametrize("batch", [3, 5, 7, 20])
def test_order_with_a_seed_is_tensorflows(batch):
    expected = reference_batches(20, batch, 12, seed=42)
    data = data_set(20, seed=42)
    assert [data.next_batch(batch)[1].tolist() for _ in range(12)] == expected


def test_without_a_seed_the_programs_own_seed_holds():
    np.random.seed(3)
    first = data_set(20).next_batch(20)[1]
    np.random.seed(3)
    assert data_set(20).next_batch(20)[1].tolist() == first.tolist()


def test_shuffle_false_keeps_the_order():
    data = data_set(6)
    batches = [data.next_batch(4, shuffle=False)[1].tolist() for _ in range(3)]
    assert batches == [[0, 1, 2, 3], [4, 5, 0, 1], [2, 3, 4, 5]]


def test_fake_data_is_ones():
    mnist = input_data.read_data_sets("nowhere", fake_data=True, one_hot=True)
    images, labels = mnist.train.next_batch(3)
    assert np.array_equal(images, np.ones((3, 784)))
    assert labels == [[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]] * 3
    assert mnist.train.num_examples == 10000
    assert data_set(4).next_batch(2, fake_data=True)[1] == [0, 0]


class _DType:
    """How a framework's dtype looks from here."""

    as_numpy_dtype = np.float32


def test_dtype_may_be_a_frameworks():
    data = input_data.DataSet(np.full((1, 2, 2, 1), 255, np.uint8), [0], dtype=_DType())
    assert data.images.tolist() == [[1.0, 1.0, 1.0, 1.0]]


def test_other_dtypes_are_refused():
    with pytest.raises(TypeError, match="Invalid image dtype float64, expected uint8 or float32"):
        input_data.DataSet(np.zeros((1, 1, 1, 1)), [0], dtype=np.float64)


def test_numbers_of_images_and_labels_must_agree():
    with pytest.raises(ValueError, match="not as many"):
        input_data.DataSet(np.zeros((2, 1, 1, 1), np.uint8), [0])


def test_maybe_download_leaves_what_is_there(tmp_path):
    (tmp_path / "file").write_text("mine")
    assert input_data.maybe_download("file", tmp_path, "http://127.0.0.1:9/file") == str(tmp_path / "file")
    with pytest.raises(OSError, match="Connection refused"):
        input_data.maybe_download("other", tmp_path, "http://127.0.0.1:9/other")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_maybe_download_finds_mnist(tmp_path, mnist_folder, monkeypatch):
    monkeypatch.setenv("HORNBEAM_DATA", str(mnist_folder))
    path = input_data.maybe_download("t10k-labels-idx1-ubyte.gz", tmp_path)
    assert input_data.extract_labels(path)[:2].tolist() == [7, 2]


def test_importing_it_brings_only_what_reads_data():
    code = """if 1:
        import sys, numpy, hornbeam.v1
        before = set(sys.modules)
        import hornbeam.v1.examples.tutorials.mnist.input_data
        new = {name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names
        assert new == {'hornbeam'}, new
        ours = {name for name in set(sys.modules) - before if name.startswith('hornbeam')}
        assert all(name.startswith(('hornbeam.data', 'hornbeam.v1.examples')) for name in ours), ours
    """
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_graphs_seed_is_the_seed(monkeypatch):
    class Graph:
        seed = 777

    monkeypatch.setattr(sys.modules["hornbeam.v1"], "get_default_graph", Graph, raising=False)
    np.random.seed(1)
    first = data_set(20).next_batch(20)[1]
    np.random.seed(777)
    assert data_set(20, seed=777).next_batch(20)[1].tolist() == first.tolist()


def test_a_part_may_have_no_images():
    part = input_data.DataSet(np.zeros((0, 28, 28, 1), np.uint8), np.zeros(0, np.uint8))
    assert part.num_examples == 0
    assert part.images.shape == (0, 784)
