"""Estimators of model functions: their arguments, their input, where they begin and what they leave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

pytestmark = pytest.mark.slow

est = tf.estimator


def _model(features: Any, labels: Any, mode: str, params: Any) -> Any:
    weight = tf.get_variable("w", [], initializer=tf.constant_initializer(params.get("start", 0.0)))
    found = features["x"] * weight
    if mode == est.ModeKeys.PREDICT:
        return est.EstimatorSpec(mode, predictions={"y": found, "x": features["x"]})
    loss = tf.reduce_mean(tf.square(found - labels))
    step = tf.train.GradientDescentOptimizer(0.05).minimize(loss, tf.train.get_global_step())
    return est.EstimatorSpec(mode, loss=loss, train_op=step,
                             eval_metric_ops={"mean": tf.metrics.mean(found)})


X = np.arange(6, dtype=np.float32)


def _input(epochs: int | None = None, batch: int = 3, shuffle: bool = False) -> Callable[[], Any]:
    return est.inputs.numpy_input_fn({"x": X}, 2 * X, batch_size=batch, num_epochs=epochs, shuffle=shuffle)


def test_training_goes_on_from_the_last_checkpoint(tmp_path: Path) -> None:
    model = est.Estimator(_model, str(tmp_path), params={})
    assert model.latest_checkpoint() is None
    with pytest.raises(ValueError, match="Could not find trained model"):
        model.get_variable_names()
    assert model.train(_input(), steps=2) is model
    again = est.Estimator(_model, str(tmp_path), params={}).train(_input(), max_steps=5)
    assert again.get_variable_value("global_step") == 5
    again.train(_input(), max_steps=5)
    assert again.get_variable_value("global_step") == 5
    assert again.get_variable_names() == ["global_step", "w"]
    assert again.get_variable_value("w") == pytest.approx(2.0, abs=1.0)


def test_input_that_ends_ends_training(tmp_path: Path) -> None:
    model = est.Estimator(_model, str(tmp_path), params={}).train(_input(2, batch=4))
    assert model.get_variable_value("global_step") == 3  # 12 rows in batches of 4


def test_evaluation_and_its_summaries(tmp_path: Path) -> None:
    model = est.Estimator(_model, str(tmp_path), params={"start": 1.0})
    found = model.evaluate(_input(1))
    assert found["global_step"] == 0
    assert found["mean"] == pytest.approx(X.mean())
    assert found["loss"] == pytest.approx((X**2).mean())
    assert model.evaluate(_input(), steps=1, name="some")["loss"] == pytest.approx((X[:3] ** 2).mean())
    (path,) = (tmp_path / "eval_some").iterdir()
    tags = {v.tag for e in tf.train.summary_iterator(str(path)) for v in e.summary.value}
    assert tags == {"loss", "mean"}


def test_predictions_one_by_one_and_batch_by_batch(tmp_path: Path) -> None:
    model = est.Estimator(_model, str(tmp_path), params={"start": 3.0})
    found = model.predict(_input(1))
    assert next(found) == {"x": 0.0, "y": 0.0}
    other = tf.Graph()
    with other.as_default():  # nothing of the generator is open between its elements
        assert next(found) == {"x": 1.0, "y": 3.0}
        assert tf.get_default_graph() is other
    found.close()
    (first, second) = model.predict(_input(1), predict_keys="y", yield_single_examples=False)
    assert first["y"].tolist() == [0.0, 3.0, 6.0]
    assert second["y"].tolist() == [9.0, 12.0, 15.0]
    with pytest.raises(ValueError, match="Expected to run at least one output"):
        next(model.predict(_input(1), predict_keys=["z"]))


def test_datasets_are_input(tmp_path: Path) -> None:
    def input_fn(params: Any, mode: str) -> Any:
        assert mode in (est.ModeKeys.TRAIN, est.ModeKeys.EVAL)
        return tf.data.Dataset.from_tensor_slices(({"x": X}, 2 * X)).repeat(params["epochs"]).batch(3)

    model = est.Estimator(_model, str(tmp_path), params={"epochs": 2}).train(input_fn)
    assert model.get_variable_value("global_step") == 4
    assert model.evaluate(input_fn)["mean"] > 0


def test_training_begins_with_another_model(tmp_path: Path) -> None:
    first = est.Estimator(_model, str(tmp_path / "a"), params={"start": 7.0}).train(_input(), steps=1)
    kept = first.get_variable_value("w")
    second = est.Estimator(_model, str(tmp_path / "b"), params={}, warm_start_from=str(tmp_path / "a"))
    assert next(second.predict(_input(1), predict_keys="y")) == {"y": 0.0}
    found = second.train(_input(), steps=1, hooks=[]).get_variable_value("w")
    expected = est.Estimator(_model, str(tmp_path / "c"), params={"start": float(kept)}).train(_input(), steps=1)
    assert found == pytest.approx(expected.get_variable_value("w"))
    assert second.get_variable_value("global_step") == 1


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda: est.Estimator(None), ValueError, "model_fn must be provided"),
    (lambda: est.Estimator(lambda labels: None), ValueError, "must include features argument"),
    (lambda: est.Estimator(lambda features: None, params={}), ValueError, "does not include params argument"),
    (lambda: est.Estimator(lambda features, more: None), ValueError, "following not expected args: .'more'"),
    (lambda: est.Estimator(_model, config=3), ValueError, "must be an instance of `RunConfig`"),
    (lambda: est.Estimator(_model, "a", est.RunConfig("b")), ValueError, "with different values"),
    (lambda: est.Estimator(_model).train(_input(), steps=1, max_steps=1), ValueError, "both steps and max_steps"),
    (lambda: est.Estimator(_model).train(_input(), steps=0), ValueError, "Must specify steps > 0"),
    (lambda: est.Estimator(_model).train(_input(), hooks=[3]), TypeError, "SessionRunHook"),
    (lambda: est.Estimator(lambda features: 3).train(lambda: {"x": tf.constant(1)}), ValueError,
     "should return an EstimatorSpec"),
    (lambda: est.Estimator(lambda features: 3).train(_input()), ValueError, "does not take labels"),
    (lambda: est.Estimator(_model).train(lambda: (1, 2, 3)), ValueError, "len 2 tuple"),
    (lambda: est.EstimatorSpec("train", loss=tf.constant(1.0)), ValueError, "Missing train_op"),
    (lambda: est.EstimatorSpec("eval"), ValueError, "Missing loss"),
    (lambda: est.EstimatorSpec("infer"), ValueError, "Missing predictions"),
    (lambda: est.EstimatorSpec("eval", loss=tf.constant([1.0, 2.0])), ValueError, "Loss must be scalar"),
    (lambda: est.EstimatorSpec("eval", loss=tf.constant(1.0), eval_metric_ops={"a": 3}), TypeError,
     "must be .metric_value, update_op. tuples"),
    (lambda: est.RunConfig(save_checkpoints_steps=1, save_checkpoints_secs=1), ValueError, "cannot be both set"),
    (lambda: est.RunConfig().replace(task_id=3), ValueError, "Replacing task_id is not supported"),
])
def test_what_does_not_fit_is_refused(make: Callable[[], Any], error: Any, message: str) -> None:
    with tf.Graph().as_default(), pytest.raises(error, match=message):
        make()


def test_settings() -> None:
    config = est.RunConfig(save_checkpoints_steps=7)
    assert (config.save_checkpoints_steps, config.save_checkpoints_secs) == (7, None)
    assert est.RunConfig().save_checkpoints_secs == 600
    other = config.replace(tf_random_seed=3, save_checkpoints_secs=9)
    assert (other.tf_random_seed, other.save_checkpoints_steps, other.save_checkpoints_secs) == (3, None, 9)
    assert config.is_chief
    assert config.num_worker_replicas == 1


# Arrays as input -------------------------------------------------------------------------------------


def _all(input_fn: Callable[[], Any]) -> list[Any]:
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        batch, found = input_fn(), []
        with tf.train.MonitoredSession() as sess:
            while not sess.should_stop():
                found.append(sess.run(batch))
    return found


def test_batches_cross_the_ends_of_epochs() -> None:
    source = est.inputs.numpy_input_fn(X, X * 10, batch_size=4, num_epochs=2, shuffle=False)
    found = _all(source)
    assert [x.tolist() for x, _ in found] == [[0, 1, 2, 3], [4, 5, 0, 1], [2, 3, 4, 5]]
    assert found[0][1].tolist() == [0, 10, 20, 30]


def test_rows_come_once_an_epoch_in_random_order() -> None:
    source = est.inputs.numpy_input_fn({"a": X, "s": np.array(list("uvwxyz"))}, {"t": X}, batch_size=6, num_epochs=2,
                                       shuffle=True)
    first, second = _all(source)
    for features, labels in (first, second):
        assert sorted(features["a"]) == X.tolist()
        assert features["a"].tolist() == labels["t"].tolist()
        assert [bytes(s) for s in features["s"]] == [b"uvwxyz"[int(i):int(i) + 1] for i in features["a"]]
    assert first[0]["a"].tolist() != second[0]["a"].tolist()


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda: est.inputs.numpy_input_fn(X), ValueError, "shuffle must be provided"),
    (lambda: est.inputs.numpy_input_fn([1], shuffle=True)(), TypeError, "x must be a dict or array"),
    (lambda: est.inputs.numpy_input_fn({}, shuffle=True)(), ValueError, "x cannot be an empty dict"),
    (lambda: est.inputs.numpy_input_fn({"a": X}, X[:3], shuffle=True)(), ValueError, "Length of tensors in x and y"),
])
def test_arrays_that_do_not_fit(make: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


# Training and evaluation in turns --------------------------------------------------------------------


def test_train_and_evaluate_in_turns(tmp_path: Path) -> None:
    seen: list[tuple[int, bool]] = []

    class Notes(est.Exporter):
        name = "notes"

        def export(self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any,
                   is_the_final_export: bool) -> Any:
            seen.append((int(eval_result["global_step"]), is_the_final_export))
            return export_path

    model = est.Estimator(_model, str(tmp_path), est.RunConfig(save_checkpoints_steps=4), params={})
    spec = est.EvalSpec(_input(1), exporters=Notes(), throttle_secs=0)
    result, exports = est.train_and_evaluate(model, est.TrainSpec(_input(), max_steps=10), spec)
    assert seen == [(4, False), (8, False), (10, True)]
    assert result["global_step"] == 10
    assert exports == [str(tmp_path / "export" / "notes")]
    with pytest.raises(TypeError, match="`train_spec` must have type"):
        est.train_and_evaluate(model, 3, spec)


def test_exports_that_are_kept(tmp_path: Path) -> None:
    def receiver() -> Any:
        x = tf.placeholder(tf.float32, [None])
        return est.export.ServingInputReceiver({"x": x}, {"x": x})

    model = est.Estimator(_model, str(tmp_path), est.RunConfig(save_checkpoints_steps=2), params={})
    latest, best = est.LatestExporter("latest", receiver, exports_to_keep=1), est.BestExporter("best", receiver)
    est.train_and_evaluate(model, est.TrainSpec(_input(), max_steps=4),
                           est.EvalSpec(_input(1), exporters=[latest, best], throttle_secs=0))
    assert len(list((tmp_path / "export" / "latest").iterdir())) == 1
    (folder, *_) = sorted((tmp_path / "export" / "best").iterdir())
    with tf.Session(graph=tf.Graph()) as sess:
        loaded = tf.saved_model.loader.load(sess, ["serve"], str(folder))
        signature = loaded.signature_def["serving_default"]
        found = sess.run(signature.outputs["y"].name, {signature.inputs["x"].name: [1.0, 2.0]})
    assert found == pytest.approx(found[0] * np.array([1.0, 2.0]))


def test_more_metrics(tmp_path: Path) -> None:
    def more(features: Any, predictions: Any) -> Any:
        assert predictions == {}
        return {"largest": tf.metrics.mean(tf.reduce_max(features["x"]))}

    model = est.Estimator(_model, str(tmp_path), params={"start": 1.0})
    found = tf.contrib.estimator.add_metrics(model, more).evaluate(_input(1, batch=6))
    assert found["largest"] == 5.0
    assert found["mean"] == pytest.approx(X.mean())
    with pytest.raises(ValueError, match=r"not expected args: .'x'"):
        est.add_metrics(model, lambda x: {})


def test_what_examples_are_parsed_as() -> None:
    columns = [tf.feature_column.numeric_column("a")]
    assert est.classifier_parse_example_spec(columns, "y", weight_column="w") == {
        "a": tf.FixedLenFeature((1,), tf.float32), "y": tf.FixedLenFeature((1,), tf.int64),
        "w": tf.FixedLenFeature((1,), tf.float32)}
    spec = est.regressor_parse_example_spec(columns, "y", label_dimension=2)
    assert spec["y"] == tf.FixedLenFeature((2,), tf.float32)
    with pytest.raises(ValueError, match="label should not be used as feature"):
        est.regressor_parse_example_spec(columns, "a")
