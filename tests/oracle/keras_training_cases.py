"""What is compared with Keras of losses, metrics, optimizers, schedules, regularizers and constraints.

Pure NumPy: both sides draw the same data. `run(keras, case)` answers a case with either Keras.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

Case = dict[str, Any]


# Data ------------------------------------------------------------------------------------------------


def data(name: str, batch: int = 0) -> tuple[Any, Any]:
    """Targets and predictions of one kind; each batch has its own."""
    rng = np.random.default_rng(zlib.crc32(f"{name}/{batch}".encode()))

    def normal(*shape: int) -> Any:
        return rng.normal(size=shape).astype("float32")

    def positive(*shape: int) -> Any:
        return rng.uniform(0.1, 3, size=shape).astype("float32")

    def softmax(x: Any) -> Any:
        return (np.exp(x) / np.exp(x).sum(-1, keepdims=True)).astype("float32")

    def one_hot(labels: Any, classes: int) -> Any:
        return np.eye(classes, dtype="float32")[labels]

    if name == "real":
        return normal(4, 3), normal(4, 3)
    if name == "real3":
        return normal(2, 3, 4), normal(2, 3, 4)
    if name == "column":
        return normal(4), normal(4, 1)
    if name == "positive":
        return positive(4, 3), positive(4, 3)
    if name == "signs":
        return np.sign(normal(4, 3)), normal(4, 3)
    if name == "bits":
        return rng.integers(0, 2, (4, 3)).astype("float32"), rng.uniform(0.02, 0.98, (4, 3)).astype("float32")
    if name == "bits1":
        return rng.integers(0, 2, 12), rng.uniform(0, 1, 12).astype("float32")
    if name == "grid":  # predictions that stand on the thresholds
        return rng.integers(0, 2, 11), np.arange(11, dtype="float32") / 10
    if name == "bit_logits":
        return rng.integers(0, 2, (4, 3)).astype("float32"), 2 * normal(4, 3)
    if name == "classes":
        return one_hot(rng.integers(0, 4, 5), 4), softmax(normal(5, 4))
    if name == "class_logits":
        return one_hot(rng.integers(0, 4, 5), 4), 2 * normal(5, 4)
    if name == "class_grid":  # classes on the second axis
        return np.moveaxis(one_hot(rng.integers(0, 4, (2, 3)), 4), -1, 1), np.moveaxis(softmax(normal(2, 3, 4)), -1, 1)
    if name == "labels":
        return rng.integers(0, 4, 5), softmax(normal(5, 4))
    if name == "label_column":
        return rng.integers(0, 4, (5, 1)), softmax(normal(5, 4))
    if name == "label_logits":
        return rng.integers(0, 4, 5), 2 * normal(5, 4)
    if name == "label_sequence":
        return rng.integers(0, 4, (2, 3)), softmax(normal(2, 3, 4))
    if name == "class_sequence":
        return one_hot(rng.integers(0, 4, (2, 3)), 4), softmax(normal(2, 3, 4))
    if name == "label_pairs":
        return rng.integers(0, 3, (2, 4)), rng.integers(0, 3, (2, 4))
    if name == "ranked":
        return rng.integers(0, 4, 5), np.argsort(-normal(5, 4), axis=-1).astype("float32")
    if name == "embeddings":
        x = normal(6, 4)
        return np.array([0, 1, 0, 2, 1, 0]), x / np.linalg.norm(x, axis=-1, keepdims=True)
    if name == "alignments":
        return np.array([[1, 2, 2], [3, 1, 0]]), normal(2, 7, 5)
    raise KeyError(name)


WEIGHTS = {"vector": lambda y: np.linspace(0.5, 2, y.shape[0], dtype="float32"),
           "column": lambda y: np.linspace(0.5, 2, y.shape[0], dtype="float32")[:, None],
           "zeros": lambda y: np.zeros(y.shape[0], "float32"),
           "each": lambda y: np.linspace(0, 1, int(np.prod(y.shape[:2])), dtype="float32").reshape(y.shape[:2]),
           "all": lambda y: np.linspace(0, 1, y.size, dtype="float32").reshape(y.shape),
           "integers": lambda y: np.arange(y.size).reshape(y.shape)}


# Cases -----------------------------------------------------------------------------------------------


def losses() -> Iterator[Case]:
    """Classes over their arguments; weights, masks and reductions over a few of them."""
    plain = {"real": "MeanSquaredError MeanAbsoluteError CosineSimilarity Huber LogCosh", "signs": "Hinge SquaredHinge",
             "positive": "MeanAbsolutePercentageError MeanSquaredLogarithmicError Poisson KLDivergence",
             "bits": "Hinge SquaredHinge BinaryCrossentropy BinaryFocalCrossentropy Dice Tversky",
             "classes": "CategoricalHinge CategoricalCrossentropy CategoricalFocalCrossentropy KLDivergence",
             "labels": "SparseCategoricalCrossentropy CategoricalGeneralizedCrossEntropy",
             "label_column": "SparseCategoricalCrossentropy", "label_sequence": "SparseCategoricalCrossentropy",
             "column": "MeanSquaredError MeanAbsoluteError Huber LogCosh", "embeddings": "Circle", "alignments": "CTC",
             "real3": "MeanSquaredError CosineSimilarity"}
    for kind, names in plain.items():
        for name in names.split():
            yield {"of": name, "data": kind}
    arguments = [
        ("Huber", {"delta": 0.3}, "real"), ("CosineSimilarity", {"axis": 1}, "real3"),
        ("BinaryCrossentropy", {"from_logits": True}, "bit_logits"),
        ("BinaryCrossentropy", {"label_smoothing": 0.2}, "bits"),
        ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1, "axis": 0}, "bit_logits"),
        ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5}, "bits"),
        ("BinaryFocalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "bit_logits"),
        ("CategoricalCrossentropy", {"from_logits": True}, "class_logits"),
        ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, "class_logits"),
        ("CategoricalCrossentropy", {"label_smoothing": 0.3}, "classes"),
        ("CategoricalCrossentropy", {"axis": 1}, "class_grid"),
        ("CategoricalFocalCrossentropy", {"from_logits": True, "alpha": 0.7, "gamma": 3.0}, "class_logits"),
        ("CategoricalFocalCrossentropy", {"label_smoothing": 0.2}, "classes"),
        ("SparseCategoricalCrossentropy", {"from_logits": True}, "label_logits"),
        ("SparseCategoricalCrossentropy", {"ignore_class": 1}, "labels"),
        ("SparseCategoricalCrossentropy", {"ignore_class": 2, "from_logits": True}, "label_logits"),
        ("CategoricalGeneralizedCrossEntropy", {"q": 0.9}, "labels"), ("Dice", {"axis": -1}, "bits"),
        ("Tversky", {"alpha": 0.2, "beta": 0.7, "axis": 1}, "bits"), ("Circle", {"gamma": 2.0}, "embeddings"),
        ("Circle", {"gamma": 16.0, "margin": 0.25, "remove_diagonal": False}, "embeddings"),
        ("MeanSquaredError", {"dtype": "float64"}, "real"), ("MeanSquaredError", {"name": "own"}, "real")]
    for name, kwargs, kind in arguments:
        yield {"of": name, "args": kwargs, "data": kind}
    for name, kind in (("MeanSquaredError", "real"), ("MeanSquaredError", "real3"), ("MeanAbsoluteError", "column"),
                       ("SparseCategoricalCrossentropy", "label_sequence"), ("BinaryCrossentropy", "bits")):
        for reduction in ("sum", "sum_over_batch_size", "mean", "mean_with_sample_weight", "none", None):
            yield {"of": name, "args": {"reduction": reduction}, "data": kind}
            in_time = kind in ("real3", "label_sequence")
            for weights in ("column", "each") if in_time else ("vector", "column", "zeros"):
                yield {"of": name, "args": {"reduction": reduction}, "data": kind, "weights": weights}
            yield {"of": name, "args": {"reduction": reduction}, "data": kind, "mask": True}
            yield {"of": name, "args": {"reduction": reduction}, "data": kind, "mask": True,
                   "weights": "each" if in_time else "vector"}
    yield {"of": "MeanSquaredError", "data": "real3", "weights": "vector"}


def loss_functions() -> Iterator[Case]:
    """Functions: values per sample."""
    kinds = {"mean_squared_error": "real", "mean_absolute_error": "real3", "mean_absolute_percentage_error": "positive",
             "mean_squared_logarithmic_error": "positive", "cosine_similarity": "real", "huber": "real",
             "log_cosh": "real3", "poisson": "positive", "hinge": "signs", "squared_hinge": "bits",
             "categorical_hinge": "classes", "binary_crossentropy": "bits", "binary_focal_crossentropy": "bits",
             "categorical_crossentropy": "class_sequence", "categorical_focal_crossentropy": "classes",
             "sparse_categorical_crossentropy": "label_sequence", "kl_divergence": "classes", "dice": "bits",
             "tversky": "bits", "circle": "embeddings", "ctc": "alignments"}
    for name, kind in kinds.items():
        yield {"of": name, "data": kind}
    yield {"of": "categorical_generalized_cross_entropy", "data": "labels", "args": {"q": 0.3}}
    yield {"of": "sparse_categorical_crossentropy", "data": "label_logits", "args": {"from_logits": True}}
    yield {"of": "sparse_categorical_crossentropy", "data": "label_sequence", "args": {"ignore_class": 0}}
    yield {"of": "mean_squared_error", "data": "column"}


def metrics() -> Iterator[Case]:
    """Classes over their arguments: two batches, the result after each."""
    plain = {"real": "MeanSquaredError MeanAbsoluteError RootMeanSquaredError CosineSimilarity LogCoshError R2Score "
                     "PearsonCorrelation ConcordanceCorrelation",
             "real3": "MeanSquaredError RootMeanSquaredError CosineSimilarity PearsonCorrelation",
             "positive": "MeanAbsolutePercentageError MeanSquaredLogarithmicError Poisson KLDivergence",
             "signs": "Hinge SquaredHinge", "column": "MeanSquaredError RootMeanSquaredError",
             "bits": "BinaryAccuracy BinaryCrossentropy Hinge Precision Recall AUC FBetaScore F1Score TruePositives "
                     "FalsePositives TrueNegatives FalseNegatives BinaryIoU",
             "bits1": "BinaryAccuracy Precision Recall AUC TruePositives FalsePositives TrueNegatives FalseNegatives "
                      "BinaryIoU",
             "classes": "CategoricalAccuracy CategoricalCrossentropy CategoricalHinge KLDivergence "
                        "TopKCategoricalAccuracy F1Score AUC Precision",
             "labels": "SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy",
             "label_column": "SparseCategoricalAccuracy SparseCategoricalCrossentropy",
             "label_sequence": "SparseCategoricalAccuracy SparseCategoricalCrossentropy",
             "class_sequence": "CategoricalAccuracy CategoricalCrossentropy TopKCategoricalAccuracy",
             "label_pairs": "Accuracy"}
    for kind, names in plain.items():
        for name in names.split():
            yield {"of": name, "data": kind}
            for weights in ("vector", "each") if kind in ("real3", "label_sequence", "class_sequence") else ("vector",):
                if name not in ("BinaryIoU", "FBetaScore", "F1Score") or kind != "bits1":
                    yield {"of": name, "data": kind, "weights": weights}
    yield from _metrics_with_arguments()
    for name in ("Mean", "Sum"):
        for kind in ("column", "real", "real3"):
            yield {"of": name, "data": kind, "values": True}
            yield {"of": name, "data": kind, "values": True, "weights": "vector"}
        yield {"of": name, "data": "real", "values": True, "weights": "column"}
        yield {"of": name, "data": "real", "values": True, "weights": "all"}


def _metrics_with_arguments() -> Iterator[Case]:
    for thresholds in (0.3, [0.2, 0.7], [0.0, 0.5, 1.0], [0.1, 0.4, 0.45, 0.9]):
        for name in ("Precision", "Recall", "TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives"):
            for kind in ("bits", "grid"):
                yield {"of": name, "args": {"thresholds": thresholds}, "data": kind}
        yield {"of": "Precision", "args": {"thresholds": thresholds}, "data": "bits", "weights": "all"}
    for name in ("Precision", "Recall"):
        for kwargs in ({"top_k": 2}, {"class_id": 1}, {"top_k": 1, "class_id": 2}, {"top_k": 2, "thresholds": 0.4}):
            yield {"of": name, "args": kwargs, "data": "bits"}
            yield {"of": name, "args": kwargs, "data": "classes", "weights": "vector"}
    for name, level in (("SensitivityAtSpecificity", "specificity"), ("SpecificityAtSensitivity", "sensitivity"),
                        ("PrecisionAtRecall", "recall"), ("RecallAtPrecision", "precision")):
        for kwargs in ({level: 0.5}, {level: 0.8, "num_thresholds": 5}, {level: 0.3, "num_thresholds": 1},
                       {level: 0.4, "num_thresholds": 2}, {level: 0.6, "class_id": 1}):
            yield {"of": name, "args": kwargs, "data": "bits"}
            yield {"of": name, "args": kwargs, "data": "bits", "weights": "vector"}
    for curve in ("ROC", "PR", "PRGAIN"):
        for method in ("interpolation", "minoring", "majoring"):
            for kwargs in ({}, {"num_thresholds": 5}, {"thresholds": [0.3, 0.5, 0.9]}, {"multi_label": True},
                           {"multi_label": True, "num_labels": 3, "label_weights": [0.2, 1.0, 2.0]},
                           {"multi_label": True, "thresholds": [0.25, 0.5, 0.75]},
                           {"label_weights": [0.2, 1.0, 2.0]}):
                yield {"of": "AUC", "args": {"curve": curve, "summation_method": method, **kwargs}, "data": "bits"}
        yield {"of": "AUC", "args": {"curve": curve, "num_thresholds": 3}, "data": "grid"}
        yield {"of": "AUC", "args": {"curve": curve, "from_logits": True}, "data": "bit_logits"}
    for kwargs in ({"average": "micro"}, {"average": "macro"}, {"average": "weighted"}, {"threshold": 0.4},
                   {"threshold": 0.5, "average": "micro"}):
        for kind in ("bits", "classes"):
            yield {"of": "F1Score", "args": kwargs, "data": kind}
            yield {"of": "FBetaScore", "args": {**kwargs, "beta": 2.0}, "data": kind, "weights": "vector"}
    for kwargs in ({"class_aggregation": None}, {"class_aggregation": "variance_weighted_average"},
                   {"num_regressors": 2}, {"num_regressors": 1, "class_aggregation": None}):
        yield {"of": "R2Score", "args": kwargs, "data": "real"}
        yield {"of": "R2Score", "args": kwargs, "data": "real", "weights": "vector"}
    yield {"of": "R2Score", "data": "real", "weights": "all"}
    for kwargs in ({"num_classes": 3, "target_class_ids": [0]}, {"num_classes": 3, "target_class_ids": [0, 2]},
                   {"num_classes": 3, "target_class_ids": [1, 2], "ignore_class": 0},
                   {"num_classes": 2, "target_class_ids": [0, 1]},
                   {"num_classes": 3, "target_class_ids": [0], "dtype": "float32"}):
        yield {"of": "IoU", "args": kwargs, "data": "label_pairs"}
        yield {"of": "IoU", "args": kwargs, "data": "label_pairs", "weights": "integers"}
    yield {"of": "MeanIoU", "args": {"num_classes": 3}, "data": "label_pairs"}
    yield {"of": "MeanIoU", "args": {"num_classes": 3, "ignore_class": 1}, "data": "label_pairs"}
    yield {"of": "MeanIoU", "args": {"num_classes": 4, "sparse_y_pred": False}, "data": "label_sequence"}
    yield {"of": "OneHotIoU", "args": {"num_classes": 4, "target_class_ids": [0, 2]}, "data": "classes"}
    yield {"of": "OneHotMeanIoU", "args": {"num_classes": 4}, "data": "class_sequence"}
    yield {"of": "BinaryIoU", "args": {"target_class_ids": [1], "threshold": 0.3}, "data": "bits"}
    more = [("BinaryAccuracy", {"threshold": 0.3}, "bits"), ("TopKCategoricalAccuracy", {"k": 2}, "classes"),
            ("SparseTopKCategoricalAccuracy", {"k": 2}, "labels"), ("Accuracy", {"dtype": "float64"}, "label_pairs"),
            ("SparseTopKCategoricalAccuracy", {"k": 3}, "label_sequence"),
            ("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, "ranked"),
            ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "bit_logits"),
            ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "class_logits"),
            ("CategoricalCrossentropy", {"axis": 1}, "class_grid"),
            ("SparseCategoricalCrossentropy", {"from_logits": True}, "label_logits"),
            ("SparseCategoricalCrossentropy", {"ignore_class": 1}, "label_sequence"),
            ("CosineSimilarity", {"axis": 0}, "real"), ("PearsonCorrelation", {"axis": 0}, "real"),
            ("ConcordanceCorrelation", {"axis": 0}, "real")]
    for name, kwargs, kind in more:
        yield {"of": name, "args": kwargs, "data": kind}
    for mask in (True,):
        for name, kind in (("MeanSquaredError", "real3"), ("SparseCategoricalAccuracy", "label_sequence"),
                           ("CategoricalAccuracy", "class_sequence")):
            yield {"of": name, "data": kind, "mask": mask}
            yield {"of": name, "data": kind, "mask": mask, "weights": "each"}


COMMON = ({"weight_decay": 0.1}, {"clipnorm": 0.5}, {"global_clipnorm": 0.7}, {"clipvalue": 0.2},
          {"use_ema": True, "ema_momentum": 0.8}, {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2},
          {"loss_scale_factor": 8.0}, {"gradient_accumulation_steps": 2},
          {"gradient_accumulation_steps": 3, "use_ema": True, "ema_overwrite_frequency": 2, "clipnorm": 0.5})

OWN: dict[str, tuple[dict[str, Any], ...]] = {
    "SGD": ({}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"learning_rate": 0.2}),
    "Adam": ({}, {"amsgrad": True}, {"beta_1": 0.5, "beta_2": 0.7, "epsilon": 0.01}, {"learning_rate": 0.1}),
    "AdamW": ({}, {"weight_decay": 0.2, "amsgrad": True, "learning_rate": 0.1}),
    "Adamax": ({}, {"beta_1": 0.5, "beta_2": 0.7, "learning_rate": 0.1}),
    "Nadam": ({}, {"beta_1": 0.5, "beta_2": 0.7, "learning_rate": 0.1}),
    "Adagrad": ({}, {"initial_accumulator_value": 0.5, "epsilon": 0.01, "learning_rate": 0.1}),
    "Adadelta": ({}, {"rho": 0.5, "epsilon": 0.01, "learning_rate": 1.0}),
    "RMSprop": ({}, {"momentum": 0.9}, {"centered": True}, {"rho": 0.5, "centered": True, "momentum": 0.5,
                                                             "learning_rate": 0.1}),
    "Ftrl": ({}, {"learning_rate": 0.1, "l1_regularization_strength": 0.05, "l2_regularization_strength": 0.1,
                  "l2_shrinkage_regularization_strength": 0.1, "beta": 0.3},
             {"learning_rate_power": -0.7, "initial_accumulator_value": 0.3, "learning_rate": 0.2}),
    "Adafactor": ({}, {"relative_step": False, "learning_rate": 0.1}, {"beta_2_decay": -0.5, "epsilon_1": 1e-3,
                                                                         "epsilon_2": 0.1, "clip_threshold": 0.5}),
    "Lion": ({}, {"beta_1": 0.5, "beta_2": 0.7, "learning_rate": 0.1}),
    "Lamb": ({}, {"beta_1": 0.5, "beta_2": 0.7, "learning_rate": 0.1}),
    "ScheduleFreeAdamW": ({}, {"warmup_steps": 3, "learning_rate": 0.1, "beta_1": 0.5}),
    "Muon": ({}, {"nesterov": False, "rms_rate": None, "learning_rate": 0.1}, {"exclude_layers": ["kernel"]},
             {"momentum": 0.5, "ns_steps": 2, "adam_lr_ratio": 2, "adam_weight_decay": 0.1, "weight_decay": 0.2}),
}


def optimizers() -> Iterator[Case]:
    """Weights after five steps over the arguments of each optimizer, and those that all share.

    Without the weights of ScheduleFreeAdamW: on TensorFlow Keras reads an iterate after it moved where the formula
    wants it before, as `variable.value` is the variable itself there.
    """
    for name, own in OWN.items():
        for kwargs in own:
            yield {"of": name, "args": kwargs}
        for kwargs in COMMON:
            yield {"of": name, "args": kwargs}
    for name in ("SGD", "Adam"):
        yield {"of": name, "args": {"weight_decay": 0.2}, "not_decayed": ["bias"]}
        yield {"of": name, "args": {"learning_rate": 0.3}, "constraint": "MaxNorm"}
        yield {"of": name, "args": {"learning_rate": 0.3}, "constraint": "NonNeg"}
        yield {"of": name, "args": {}, "schedule": ["ExponentialDecay", {"initial_learning_rate": 0.5,
                                                                          "decay_steps": 2, "decay_rate": 0.5}]}
        yield {"of": name, "args": {}, "scaled": True}
        yield {"of": name, "args": {}, "scaled": True, "infinite": [1, 2]}
        yield {"of": name, "args": {"learning_rate": 0.1}, "missing": True}
        yield {"of": name, "args": {"learning_rate": 0.1}, "and": "RMSprop"}
        yield {"of": name, "args": {"use_ema": True, "ema_momentum": 0.5}, "finalize": True}


SCHEDULES = [("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
             ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5,
                                   "staircase": True}),
             ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5}),
             ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5,
                                   "staircase": True}),
             ("PiecewiseConstantDecay", {"boundaries": [5, 20], "values": [1.0, 0.5, 0.1]}),
             ("PiecewiseConstantDecay", {"boundaries": [5.5], "values": [1.0, 0.5]}),
             ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10}),
             ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "power": 2.0, "cycle": True,
                                  "end_learning_rate": 0.01}),
             ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
             ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.1, "warmup_target": 0.5,
                              "warmup_steps": 5}),
             ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10}),
             ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10, "t_mul": 1.0,
                                      "m_mul": 0.8, "alpha": 0.1})]
STEPS = (0, 1, 4, 5, 6, 10, 11, 19, 20, 21, 50)

PENALTIES = [("regularizers", "L1", {}), ("regularizers", "L2", {}), ("regularizers", "L1L2", {"l1": 0.1, "l2": 0.2}),
             ("regularizers", "L1L2", {}), ("regularizers", "OrthogonalRegularizer", {}),
             ("regularizers", "OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
             ("regularizers", "L2", {"l2": 0.3}), ("constraints", "MaxNorm", {}),
             ("constraints", "MaxNorm", {"max_value": 0.5, "axis": 1}), ("constraints", "NonNeg", {}),
             ("constraints", "UnitNorm", {}), ("constraints", "UnitNorm", {"axis": [0, 1]}),
             ("constraints", "MinMaxNorm", {}), ("constraints", "MinMaxNorm", {"min_value": 0.5, "max_value": 0.8,
                                                                                  "rate": 0.5, "axis": 1})]


TRAININGS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}), ("Adam", {"learning_rate": 0.01,
                                                                             "clipnorm": 0.5}),
    ("RMSprop", {"learning_rate": 0.003, "centered": True}),
    ("AdamW", {"learning_rate": 0.01, "use_ema": True, "ema_overwrite_frequency": 7}),
    ("Nadam", {"learning_rate": 0.01, "gradient_accumulation_steps": 3}), ("Adafactor", {}),
    ("Lamb", {"weight_decay": 0.01}), ("Muon", {}), ("Ftrl", {"learning_rate": 0.05}), ("Lion", {})]


def cases(kind: str) -> list[Case]:
    """All cases of one kind."""
    if kind == "schedules":
        return [{"of": name, "args": kwargs} for name, kwargs in SCHEDULES]
    if kind == "penalties":
        return [{"of": name, "args": kwargs, "from": namespace} for namespace, name, kwargs in PENALTIES]
    if kind == "curves":
        return [{"of": name, "args": kwargs, "model": model} for name, kwargs in TRAININGS
                for model in ("yes or no", "classes")]
    return list({"losses": losses, "loss_functions": loss_functions, "metrics": metrics,
                 "optimizers": optimizers}[kind]())


# Answers ---------------------------------------------------------------------------------------------


class Side:
    """One of the two Keras: `keras`, how it puts a mask on a tensor, finds a gradient, counts names from the start."""

    def __init__(self, keras: Any, set_mask: Any, gradient: Any, reset_names: Any) -> None:
        self.keras, self.set_mask, self.gradient, self.reset_names = keras, set_mask, gradient, reset_names

    def answer(self, kind: str, case: Case) -> Any:
        """What this Keras says to a case."""
        return getattr(self, kind)(case)

    def _given(self, case: Case, batch: int = 0) -> tuple[Any, Any, Any]:
        y_true, y_pred = data(case["data"], batch)
        weights = WEIGHTS[case["weights"]](y_true) if "weights" in case else None
        y_pred = self.keras.ops.convert_to_tensor(y_pred)
        if case.get("mask"):
            shape = y_true.shape if case["data"] in ("label_sequence", "column") else y_true.shape[:-1]
            mask = np.ones(shape, bool)
            mask.flat[::3] = False
            self.set_mask(y_pred, self.keras.ops.convert_to_tensor(mask))
        return y_true, y_pred, weights

    def losses(self, case: Case) -> Any:
        loss = getattr(self.keras.losses, case["of"])(**case.get("args", {}))
        y_true, y_pred, weights = self._given(case)
        value = numbers(loss(y_true, y_pred, sample_weight=weights))
        answer = {"value": value, "config": loss.get_config()}
        if "weights" not in case and not case.get("mask") and case.get("args", {}).get("reduction", "") == "":
            answer["gradient"] = numbers(self.gradient(lambda x: loss(y_true, x), y_pred))
        return answer

    def loss_functions(self, case: Case) -> Any:
        y_true, y_pred, _ = self._given(case)
        function = getattr(self.keras.losses, case["of"])
        return numbers(function(self.keras.ops.convert_to_tensor(y_true), y_pred, **case.get("args", {})))

    def metrics(self, case: Case) -> Any:
        self.reset_names()
        metric = getattr(self.keras.metrics, case["of"])(**case.get("args", {}))
        results = []
        for batch in (0, 1):
            y_true, y_pred, weights = self._given(case, batch)
            given = (y_pred,) if case.get("values") else (y_true, y_pred)
            metric.update_state(*given, sample_weight=weights)
            results.append(numbers(metric.result()))
        config = metric.get_config()
        if case.get("args", {}).get("label_weights"):
            config.pop("label_weights")
        return {"results": results, "config": config, "variables": [v.path for v in metric.variables],
                "shapes": [list(v.shape) for v in metric.variables]}

    def optimizers(self, case: Case) -> Any:
        keras = self.keras
        self.reset_names()
        rng = np.random.default_rng(7)
        with keras.name_scope("dense"):
            weights = [keras.Variable(rng.normal(size=(3, 2)).astype("float32"), name="kernel"),
                       keras.Variable(rng.normal(size=(2,)).astype("float32"), name="bias")]
        with keras.name_scope("embedding"):
            weights.append(keras.Variable(rng.normal(size=(2, 4)).astype("float32"), name="embeddings"))
        kwargs = dict(case["args"])
        if "schedule" in case:
            name, own = case["schedule"]
            kwargs["learning_rate"] = getattr(keras.optimizers.schedules, name)(**own)
        optimizer = getattr(keras.optimizers, case["of"])(**kwargs)
        if "not_decayed" in case:
            optimizer.exclude_from_weight_decay(var_names=case["not_decayed"])
        if "constraint" in case:
            weights[0].constraint = getattr(keras.constraints, case["constraint"])()
        if "and" in case:
            other = getattr(keras.optimizers, case["and"])()
            optimizer = keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(optimizer, {".*bias": other}))
        if case.get("scaled"):
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=4.0, dynamic_growth_steps=2)
        for step in range(5):
            grads = [rng.normal(size=v.shape).astype("float32") for v in weights]
            if step in case.get("infinite", ()):
                grads[1][0] = np.inf
            grads = [keras.ops.convert_to_tensor(g) for g in grads]
            if case.get("missing"):
                grads[2] = None
            optimizer.apply(grads, weights)
        if case.get("finalize"):
            optimizer.finalize_variable_values(weights)
        answer = {} if case["args"] in COMMON else {"config": plain(optimizer.get_config())}
        if case["of"] != "ScheduleFreeAdamW":
            answer["state"] = [numbers(v) for v in optimizer.variables]
            answer["weights"] = [numbers(w) for w in weights]
        return {**answer, "variables": [v.path for v in optimizer.variables], "iterations": int(optimizer.iterations)}

    def curves(self, case: Case) -> Any:
        """Losses and metrics of four epochs of `fit`, from the same weights."""
        keras, layers, metrics = self.keras, self.keras.layers, self.keras.metrics
        self.reset_names()
        rng = np.random.default_rng(0)
        x = rng.normal(size=(200, 8)).astype("float32")
        binary = case["model"] == "yes or no"
        if binary:
            y = (x[:, :1] + x[:, 1:2]**2 > 0.5).astype("float32")
            hidden = layers.Dense(16, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.01),
                                  kernel_constraint=keras.constraints.MaxNorm(1.5))
            output, loss, watched = layers.Dense(1, activation="sigmoid"), "binary_crossentropy", [
                "accuracy", metrics.AUC(name="auc"), metrics.Precision(name="precision"),
                metrics.RecallAtPrecision(0.6, name="recall")]
        else:
            y, hidden = rng.integers(0, 3, 200), layers.Dense(16, activation="relu")
            output, loss, watched = layers.Dense(3, activation="softmax"), "sparse_categorical_crossentropy", [
                "accuracy", metrics.SparseTopKCategoricalAccuracy(2, name="among_two"),
                metrics.MeanIoU(3, name="iou", sparse_y_pred=False)]
        model = keras.Sequential([layers.Input((8,)), hidden, output])
        draws = np.random.default_rng(1)
        model.set_weights([(0.3 * draws.normal(size=w.shape)).astype("float32") for w in model.get_weights()])
        model.compile(getattr(keras.optimizers, case["of"])(**case["args"]), loss, metrics=watched,
                      weighted_metrics=["mse"] if binary else None)
        weights = np.linspace(0.5, 1.5, 200).astype("float32") if binary else None
        history = model.fit(x, y, sample_weight=weights, batch_size=48, epochs=4, shuffle=False, verbose=0).history
        return {name: numbers(values) for name, values in history.items()}

    def schedules(self, case: Case) -> Any:
        schedule = getattr(self.keras.optimizers.schedules, case["of"])(**case["args"])
        return {"values": [numbers(schedule(self.keras.ops.convert_to_tensor(s, dtype="int64"))) for s in STEPS],
                "config": schedule.get_config()}

    def penalties(self, case: Case) -> Any:
        rng = np.random.default_rng(3)
        x = self.keras.ops.convert_to_tensor(rng.normal(size=(3, 4)).astype("float32"))
        made = getattr(getattr(self.keras, case["from"]), case["of"])(**case["args"])
        return {"value": numbers(made(x)), "config": plain(made.get_config())}


def numbers(value: Any) -> Any:
    """A tensor as nested lists of numbers with seven digits; what is not finite as a string."""
    array = np.asarray(value)
    if array.ndim:
        return [numbers(part) for part in array]
    return float(f"{array:.7g}") if np.isfinite(array) else str(float(array))


def plain(value: Any) -> Any:
    """A configuration as JSON knows it."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in ("module", "registered_name", "build_config")}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value
