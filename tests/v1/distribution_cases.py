"""Distributions of TF1 for both sides: `python distribution_cases.py FILE` with a TensorFlow 1 writes the figures."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

F = np.float32
BATCH = np.array([[0.5], [2.0]], F)
ROW = np.array([-1.0, 0.3, 2.5], F)
POSITIVE = np.array([0.2, 1.0, 4.0], F)
INSIDE = np.array([0.1, 0.5, 0.85], F)
LOGITS = np.array([[0.1, -1.0, 2.0], [1.0, 1.0, 0.0]], F)
CONCENTRATION = np.array([[0.8, 2.0, 3.0], [1.5, 1.2, 4.0]], F)
SHARES = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]], F)
COUNTS = np.array([[1.0, 0.0, 3.0], [2.0, 1.0, 1.0]], F)


def cases(d: Any) -> dict[str, tuple[Any, Any, Any]]:
    """A distribution, a value, and another distribution of its kind (or None)."""
    return {
        "Normal": (lambda: d.Normal(ROW, BATCH), np.array([0.7], F), lambda: d.Normal(0.5, 2.0)),
        "Normal far": (lambda: d.Normal(0.0, 1.0), np.array([-30.0, -12.0, -3.0, 0.0, 3.0, 12.0], F), None),
        "Laplace": (lambda: d.Laplace(ROW, BATCH), np.array([0.7], F), None),
        "Uniform": (lambda: d.Uniform(np.array([0.0, -1.0, 0.6], F), 2.0), np.array([0.5], F), None),
        "StudentT": (lambda: d.StudentT(np.array([0.7, 1.5, 5.0], F), ROW, BATCH), np.array([0.7], F), None),
        "Gamma": (lambda: d.Gamma(POSITIVE, BATCH), np.array([0.7], F), lambda: d.Gamma(2.0, 3.0)),
        "Exponential": (lambda: d.Exponential(POSITIVE), np.array([0.7], F), lambda: d.Exponential(2.0)),
        "Beta": (lambda: d.Beta(POSITIVE, np.array([[0.5], [2.0]], F)), INSIDE, lambda: d.Beta(2.0, 3.0)),
        "Bernoulli": (lambda: d.Bernoulli(logits=ROW), np.array([0, 1, 1], np.int32),
                      lambda: d.Bernoulli(probs=0.3)),
        "Bernoulli probs": (lambda: d.Bernoulli(probs=INSIDE), np.array([[1], [0]], np.int32), None),
        "Categorical": (lambda: d.Categorical(logits=LOGITS), np.array([2, 0], np.int32),
                        lambda: d.Categorical(probs=SHARES)),
        "Categorical wide": (lambda: d.Categorical(probs=SHARES), np.array([[2], [0], [1]], np.int32), None),
        "Dirichlet": (lambda: d.Dirichlet(CONCENTRATION), SHARES, lambda: d.Dirichlet([1.0, 2.0, 3.0])),
        "Multinomial": (lambda: d.Multinomial(4.0, logits=LOGITS), COUNTS, None),
        "DirichletMultinomial": (lambda: d.DirichletMultinomial(4.0, CONCENTRATION), COUNTS, None),
    }


def contrib_cases(d: Any) -> dict[str, tuple[Any, Any, Any]]:
    """The same of contrib's."""
    lower = np.array([[1.0, 0.0, 0.0], [0.5, 2.0, 0.0], [-0.3, 0.2, 0.7]], F)
    return {
        "MultivariateNormalDiag": (lambda: d.MultivariateNormalDiag(LOGITS, POSITIVE), SHARES,
                                   lambda: d.MultivariateNormalDiag(ROW, INSIDE)),
        "MultivariateNormalDiag one": (lambda: d.MultivariateNormalDiag(ROW), ROW + 1, None),
        "MultivariateNormalDiag times": (lambda: d.MultivariateNormalDiag(
            LOGITS, scale_identity_multiplier=np.array([0.5, 2.0], F)), SHARES, None),
        "MultivariateNormalTriL": (lambda: d.MultivariateNormalTriL(ROW, lower), SHARES,
                                   lambda: d.MultivariateNormalTriL(ROW + 1, 2 * lower)),
        "Independent": (lambda: d.Independent(d.Normal(LOGITS, 2.0), 1), SHARES,
                        lambda: d.Independent(d.Normal(LOGITS + 1, 1.0), 1)),
        "Logistic": (lambda: d.Logistic(ROW, BATCH), np.array([0.7], F), None),
        "Poisson": (lambda: d.Poisson(POSITIVE), np.array([[1.0], [4.0]], F), None),
        "OneHotCategorical": (lambda: d.OneHotCategorical(logits=LOGITS),
                              np.array([[1, 0, 0], [0, 0, 1]], np.int32), lambda: d.OneHotCategorical(probs=SHARES)),
        "RelaxedOneHotCategorical": (lambda: d.RelaxedOneHotCategorical(0.7, logits=LOGITS), SHARES, None),
        "ExpRelaxedOneHotCategorical": (lambda: d.ExpRelaxedOneHotCategorical(0.7, logits=LOGITS), np.log(SHARES),
                                        None),
        "RelaxedBernoulli": (lambda: d.RelaxedBernoulli(0.7, logits=ROW), INSIDE, None),
        "Mixture": (lambda: d.Mixture(d.Categorical(probs=INSIDE / INSIDE.sum()), [
            d.Normal(0.0, 1.0), d.Normal(2.0, 0.5), d.Laplace(1.0, 1.0)]), np.array([0.3, 2.0], F), None),
        "MixtureSameFamily": (lambda: d.MixtureSameFamily(d.Categorical(probs=[0.3, 0.2, 0.5]),
                                                          d.Normal(ROW, INSIDE)), np.array([0.3, 2.0], F), None),
        "Binomial": (lambda: d.Binomial(np.array([4.0, 5.0, 6.0], F), logits=ROW), np.array([1.0, 2.0, 6.0], F), None),
        "NegativeBinomial": (lambda: d.NegativeBinomial(POSITIVE, probs=INSIDE), np.array([0.0, 2.0, 6.0], F), None),
        "Geometric": (lambda: d.Geometric(probs=INSIDE), np.array([0.0, 2.0, 6.0], F), None),
        "HalfNormal": (lambda: d.HalfNormal(POSITIVE), INSIDE, lambda: d.HalfNormal(2.0)),
        "Chi2": (lambda: d.Chi2(POSITIVE), INSIDE, lambda: d.Chi2(3.0)),
        "Chi2WithAbsDf": (lambda: d.Chi2WithAbsDf(np.array([-2.5, 3.0, 1.2], F)), INSIDE, None),
        "InverseGamma": (lambda: d.InverseGamma(POSITIVE, BATCH), np.array([0.7], F), None),
        "Deterministic": (lambda: d.Deterministic(ROW, atol=0.1), np.array([-1.05, 0.3, 2.0], F),
                          lambda: d.Normal(0.5, 2.0)),
        "VectorDeterministic": (lambda: d.VectorDeterministic(LOGITS), LOGITS[:1], None),
        "Cauchy": (lambda: d.Cauchy(ROW, BATCH), np.array([0.7], F), None),
        "MultivariateNormalFullCovariance": (lambda: d.MultivariateNormalFullCovariance(ROW, lower @ lower.T), SHARES,
                                             lambda: d.MultivariateNormalFullCovariance(ROW + 1, lower @ lower.T)),
        "BetaWithSoftplusConcentration": (lambda: d.BetaWithSoftplusConcentration(ROW, ROW + 1), INSIDE, None),
        "ExponentialWithSoftplusRate": (lambda: d.ExponentialWithSoftplusRate(ROW), INSIDE, None),
        "GammaWithSoftplusConcentrationRate": (lambda: d.GammaWithSoftplusConcentrationRate(ROW, ROW), INSIDE, None),
        "InverseGammaWithSoftplusConcentrationRate": (
            lambda: d.InverseGammaWithSoftplusConcentrationRate(ROW, ROW), INSIDE, None),
        "LaplaceWithSoftplusScale": (lambda: d.LaplaceWithSoftplusScale(ROW, ROW), INSIDE, None),
        "StudentTWithAbsDfSoftplusScale": (
            lambda: d.StudentTWithAbsDfSoftplusScale(np.array([-2.5, 3.0, 1.2], F), ROW, ROW), INSIDE, None),
        "NormalWithSoftplusScale": (lambda: d.NormalWithSoftplusScale(ROW, BATCH), np.array([0.7], F), None),
    }


OF_VALUES = ("log_prob", "prob", "cdf", "log_cdf", "survival_function", "log_survival_function")
STATISTICS = ("entropy", "mean", "variance", "stddev", "mode", "covariance", "batch_shape_tensor",
              "event_shape_tensor")


def answer(tf: Any, made: Any) -> dict[str, Any]:
    """What each says of itself, or the name of the error. made: the cases."""
    found: dict[str, Any] = {}
    for key, (make, value, other) in made.items():
        with tf.Graph().as_default(), tf.Session() as session:
            one = make()
            mine: dict[str, Any] = {"name": one.name, "batch_shape": one.batch_shape.as_list(),
                                    "event_shape": one.event_shape.as_list(), "dtype": one.dtype.name,
                                    "text": str(one).replace("tf.distributions", "tfp.distributions"),
                                    "repr": repr(one).replace("<tf.", "<tfp."),
                                    "parameters": sorted(set(one.parameters) - {"is_vector"})}

            def record(name: str, build: Any, mine: Any = mine, session: Any = session) -> None:
                try:
                    mine[name] = np.asarray(session.run(build()), float).tolist()
                except (NotImplementedError, ValueError) as error:  # TensorFlow's do not broadcast everywhere
                    mine[name] = type(error).__name__

            for name in OF_VALUES:
                record(name, lambda n=name, o=one, v=value: getattr(o, n)(v))
            record("quantile", lambda o=one: o.quantile(F(0.3)))
            for name in STATISTICS:
                record(name, lambda n=name, o=one: getattr(o, n)())
            if other is not None:
                record("kl", lambda o=one, p=other: o.kl_divergence(p()))
                record("cross_entropy", lambda o=one, p=other: o.cross_entropy(p()))
            found[key] = mine
            if key == "Binomial":
                continue  # TensorFlow's cannot be drawn from
            for shape in ((), 5, (2, 3)):
                sample = one.sample(shape)
                mine[f"sample {shape}"] = sample.get_shape().as_list()
                mine[f"sampled {shape}"] = list(session.run(sample).shape)
            mine["sample name"] = sample.name
    return found


if __name__ == "__main__":
    import tensorflow
    with open(sys.argv[1], "w") as file:
        json.dump({"tf": answer(tensorflow, cases(tensorflow.distributions)),
                   "contrib": answer(tensorflow, contrib_cases(tensorflow.contrib.distributions))}, file, indent=0)
