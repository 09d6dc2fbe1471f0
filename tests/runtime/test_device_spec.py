"""`tf.DeviceSpec`: names taken apart and put together, as TensorFlow does."""

from __future__ import annotations

import pytest

import hornbeam as tf
import hornbeam.v1 as tf1

Spec = tf.DeviceSpec


def test_parts_make_a_name() -> None:
    spec = Spec("w", 1, 2, "gpu", 3)
    assert spec.to_string() == "/job:w/replica:1/task:2/device:GPU:3"
    assert repr(spec) == "<DeviceSpec(job=w, replica=1, task=2, device_type=GPU, device_index=3)>"
    assert (spec.job, spec.replica, spec.task, spec.device_type, spec.device_index) == ("w", 1, 2, "GPU", 3)
    assert Spec().to_string() == ""
    assert Spec(task="3").task == 3
    for wrong in ({"task": "x"}, {"device_index": "*"}):
        with pytest.raises(ValueError, match="invalid literal"):
            Spec(**wrong)


@pytest.mark.parametrize(("name", "said"), [
    ("/job:foo/task:1/device:GPU:*", "/job:foo/task:1/device:GPU:*"), ("/cpu:0", "/device:CPU:0"), ("", ""),
    ("/job:a/CPU:1", "/job:a/device:CPU:1")])
def test_a_name_is_read(name: str, said: str) -> None:
    assert Spec.from_string(name).to_string() == said


@pytest.mark.parametrize(("name", "words"), [
    ("foo", "Unknown attribute 'foo'"), ("/foo:1", "Unknown attribute 'foo'"), ("/device:GPU", "attribute 'device'"),
    ("/gpu:0/cpu:1", "Multiple device types are not allowed")])
def test_malformed_names_are_refused(name: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Spec.from_string(name)


def test_merging_and_replacing_give_new_specs() -> None:
    spec = Spec("w", 1, 2, "gpu", 3)
    assert spec.make_merged_spec(Spec("x", device_type="CPU")).to_string() == "/job:x/replica:1/task:2/device:CPU:3"
    assert spec.replace(job="q", device_index=None).to_string() == "/job:q/replica:1/task:2/device:GPU:*"
    assert spec.parse_from_string("/job:z").to_string() == "/job:z"
    assert spec == Spec("w", 1, 2, "GPU", 3)
    assert hash(spec) == hash(Spec("w", 1, 2, "GPU", 3))
    assert spec != "/job:w"
    with pytest.raises(AttributeError):
        spec.job = "x"  # type: ignore[misc]


def test_the_first_generations_specs_change() -> None:
    spec = tf1.DeviceSpec(job="a")
    spec.merge_from(Spec(task=3))
    assert spec.to_string() == "/job:a/task:3"
    spec.job = "q"
    spec.device_type = "gpu"
    assert spec.to_string() == "/job:q/task:3/device:GPU:*"
    assert spec.parse_from_string("/cpu:1") is spec
    assert spec.to_string() == "/device:CPU:1"
    assert tf1.DeviceSpec(job="a") != Spec(job="a")
    assert isinstance(spec, Spec)


def test_device_takes_a_spec() -> None:
    with tf1.Graph().as_default(), tf1.device(Spec(job="w", device_type="CPU", device_index=0)):
        assert tf1.constant(1).device == "/job:w/device:CPU:0"
    with tf.device(Spec(device_type="CPU", device_index=0)):
        assert tf.constant(1).numpy() == 1
