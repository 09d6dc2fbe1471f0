"""Predictors: an open session, what is fed and what is fetched, called as a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.estimator import serving
from hornbeam.v1.estimator.spec import ModeKeys


class Predictor:
    """A function from a dictionary of arrays to one. It holds a session with the restored variables."""

    def __init__(self, session: Any, feed_tensors: dict[str, Any], fetch_tensors: dict[str, Any]) -> None:
        self._session, self._feed_tensors, self._fetch_tensors = session, feed_tensors, fetch_tensors

    @property
    def graph(self) -> Any:
        """The graph."""
        return self._session.graph

    @property
    def session(self) -> Any:
        """The session."""
        return self._session

    @property
    def feed_tensors(self) -> dict[str, Any]:
        """What is fed, by names."""
        return self._feed_tensors

    @property
    def fetch_tensors(self) -> dict[str, Any]:
        """What comes out, by names."""
        return self._fetch_tensors

    def __repr__(self) -> str:
        return (f"{type(self).__name__} with feed tensors {self._feed_tensors} and fetch_tensors "
                f"{self._fetch_tensors}")

    def __call__(self, input_dict: Mapping[str, Any]) -> dict[str, Any]:
        """The predictions for these arrays. Raises ValueError for names that are none of those that are fed."""
        if unexpected := set(input_dict) - set(self._feed_tensors):
            raise ValueError(f"Got unexpected keys in input_dict: {unexpected}\nexpected: {set(self._feed_tensors)}")
        feeds = {self._feed_tensors[key]: value for key, value in input_dict.items() if value is not None}
        return self._session.run(self._fetch_tensors, feeds)


@public(v1=("contrib.predictor.from_saved_model",))
def from_saved_model(export_dir: str, signature_def_key: str | None = None, signature_def: Any = None,
                     input_names: Mapping[str, str] | None = None, output_names: Mapping[str, str] | None = None,
                     tags: str | None = None, graph: Any = None, config: Any = None) -> Predictor:
    """A predictor of a SavedModel.

    signature_def_key: which of its signatures, by default `serving_default`; or signature_def: one itself; or
    input_names and output_names: names of tensors of the graph. tags: with commas between, by default "serve".
    Raises ValueError where more than one of these is given, and for signatures that are not there.
    """
    if (input_names is None) != (output_names is None):
        raise ValueError("input_names and output_names must both be specified or both be unspecified.")
    if sum(given is not None for given in (signature_def_key, signature_def, input_names)) > 1:
        raise ValueError("You must specify at most one of signature_def_key OR signature_def OR(input_names AND "
                         "output_names).")
    graph = graph or tf.Graph()
    with graph.as_default():
        session = tf.Session(config=config)
        loaded = tf.saved_model.loader.load(session, (tags or "serve").split(","), export_dir)
    if input_names is None or output_names is None:
        if signature_def is None:
            key = signature_def_key or "serving_default"
            if key not in loaded.signature_def:
                raise ValueError(f'Got signature_def_key "{key}". Available signatures are '
                                 f"{list(loaded.signature_def)}.")
            signature_def = loaded.signature_def[key]
        input_names = {key: info.name for key, info in signature_def.inputs.items()}
        output_names = {key: info.name for key, info in signature_def.outputs.items()}
    return Predictor(session, {key: graph.get_tensor_by_name(name) for key, name in input_names.items()},
                     {key: graph.get_tensor_by_name(name) for key, name in output_names.items()})


@public(v1=("contrib.predictor.from_estimator",))
def from_estimator(estimator: Any, serving_input_receiver_fn: Callable[[], Any], output_key: str | None = None,
                   graph: Any = None, config: Any = None) -> Predictor:
    """A predictor of the last checkpoint of an estimator.

    serving_input_receiver_fn: returns a `ServingInputReceiver`. output_key: which of the exported outputs, by default
    `serving_default`. Raises ValueError without a checkpoint, and for outputs that are not there.
    """
    path = estimator.latest_checkpoint()
    if not path:
        raise ValueError(f"Couldn't find trained model at {estimator.model_dir}.")
    graph = graph or tf.Graph()
    with graph.as_default():
        tf.train.create_global_step(graph)
        receiver = serving_input_receiver_fn()
        spec = estimator.model_fn(receiver.features, None, ModeKeys.PREDICT, estimator.config)
        found = serving.signatures(spec.export_outputs or {"serving_default": serving.PredictOutput(spec.predictions)},
                                   receiver)
        key = output_key or "serving_default"
        if key not in found:
            raise ValueError(f"Got output_key {key!r}. Available outputs are {sorted(found)}.")
        session = tf.train.MonitoredSession(tf.train.ChiefSessionCreator(
            config=config or estimator.config.session_config, checkpoint_filename_with_path=path))
    return Predictor(session, {name: graph.get_tensor_by_name(info.name) for name, info in found[key].inputs.items()},
                     {name: graph.get_tensor_by_name(info.name) for name, info in found[key].outputs.items()})
