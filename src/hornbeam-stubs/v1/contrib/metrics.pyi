"""The public names of `hornbeam.v1.contrib.metrics`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.metrics.curves import precision_at_recall as precision_at_recall
from hornbeam.v1.contrib.metrics.curves import precision_recall_at_equal_thresholds as precision_recall_at_equal_thresholds
from hornbeam.v1.contrib.metrics.curves import recall_at_precision as recall_at_precision
from hornbeam.v1.contrib.metrics.curves import streaming_curve_points as streaming_curve_points
from hornbeam.v1.contrib.metrics.curves import streaming_false_negative_rate_at_thresholds as streaming_false_negative_rate_at_thresholds
from hornbeam.v1.contrib.metrics.curves import streaming_false_positive_rate_at_thresholds as streaming_false_positive_rate_at_thresholds
from hornbeam.v1.contrib.metrics.streaming import accuracy as accuracy
from hornbeam.v1.contrib.metrics.streaming import aggregate_metric_map as aggregate_metric_map
from hornbeam.v1.contrib.metrics.streaming import aggregate_metrics as aggregate_metrics
from hornbeam.v1.contrib.metrics.streaming import cohen_kappa as cohen_kappa
from hornbeam.v1.contrib.metrics.streaming import confusion_matrix as confusion_matrix
from hornbeam.v1.contrib.metrics.streaming import count as count
from hornbeam.v1.contrib.metrics.streaming import f1_score as f1_score
from hornbeam.v1.contrib.metrics.streaming import set_difference as set_difference
from hornbeam.v1.contrib.metrics.streaming import set_intersection as set_intersection
from hornbeam.v1.contrib.metrics.streaming import set_size as set_size
from hornbeam.v1.contrib.metrics.streaming import set_union as set_union
from hornbeam.v1.contrib.metrics.streaming import sparse_recall_at_top_k as sparse_recall_at_top_k
from hornbeam.v1.contrib.metrics.streaming import streaming_auc as streaming_auc
from hornbeam.v1.contrib.metrics.streaming import streaming_covariance as streaming_covariance
from hornbeam.v1.contrib.metrics.streaming import streaming_false_negative_rate as streaming_false_negative_rate
from hornbeam.v1.contrib.metrics.streaming import streaming_false_negatives_at_thresholds as streaming_false_negatives_at_thresholds
from hornbeam.v1.contrib.metrics.streaming import streaming_false_positive_rate as streaming_false_positive_rate
from hornbeam.v1.contrib.metrics.streaming import streaming_false_positives_at_thresholds as streaming_false_positives_at_thresholds
from hornbeam.v1.contrib.metrics.streaming import streaming_pearson_correlation as streaming_pearson_correlation
from hornbeam.v1.contrib.metrics.streaming import streaming_recall_at_k as streaming_recall_at_k
from hornbeam.v1.contrib.metrics.streaming import streaming_sparse_precision_at_top_k as streaming_sparse_precision_at_top_k
from hornbeam.v1.contrib.metrics.streaming import streaming_true_negatives_at_thresholds as streaming_true_negatives_at_thresholds
from hornbeam.v1.contrib.metrics.streaming import streaming_true_positives_at_thresholds as streaming_true_positives_at_thresholds
from typing import Any

def streaming_accuracy(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""How often predictions are the labels. Shapes are equal but for a last dimension of 1. Arguments as for `mean`."""
def streaming_false_negatives(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""How many predictions were false where labels were true. Arguments as for `true_positives`."""
def streaming_false_positives(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""How many predictions were true where labels were false. Arguments as for `true_positives`."""
def streaming_mean(values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The weighted mean of all values so far."""
def streaming_mean_absolute_error(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The mean of |predictions - labels|. Arguments as for `mean`."""
def streaming_mean_cosine_distance(predictions: Any, labels: Any, dim: int, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The mean of 1 - Σ predictions · labels along `dim`, both of unit length there. Arguments as for `mean`."""
def streaming_mean_iou(predictions: Any, labels: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The mean over classes that occur of intersection / union of labels and predictions; updates give the matrix."""
def streaming_mean_relative_error(predictions: Any, labels: Any, normalizer: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The mean of |predictions - labels| / normalizer, 0 where that is 0. Arguments as for `mean`."""
def streaming_mean_squared_error(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The mean of (predictions - labels)². Arguments as for `mean`."""
def streaming_mean_tensor(values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""As `mean`, of each element: the mean has the shape of `values`, which is known."""
def streaming_percentage_less(values: Any, threshold: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The share of values below a threshold. Arguments as for `mean`."""
def streaming_precision(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The share of true predictions whose labels are true. Arguments as for `true_positives`."""
def streaming_precision_at_thresholds(predictions: Any, labels: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The share of predictions above each threshold whose labels are true. See `true_positives_at_thresholds`."""
def streaming_recall(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The share of true labels that are predicted. Arguments as for `true_positives`."""
def streaming_recall_at_thresholds(predictions: Any, labels: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The share of true labels with predictions above each threshold. See `true_positives_at_thresholds`."""
def streaming_root_mean_squared_error(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The root of the mean of (predictions - labels)². Arguments as for `mean`."""
def streaming_sensitivity_at_specificity(predictions: Any, labels: Any, specificity: float, weights: Any = None, num_thresholds: int = 200, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The share of true labels above the threshold at which `specificity` of the false ones are not above it."""
def streaming_sparse_average_precision_at_k(predictions: Any, labels: Any, k: int, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The mean over rows of the precision at each hit among the k best classes, over as many as could be hit."""
def streaming_sparse_precision_at_k(predictions: Any, labels: Any, k: int, class_id: int | None = None, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The share of the k classes with the largest of `predictions`, [..., classes], that are labels."""
def streaming_sparse_recall_at_k(predictions: Any, labels: Any, k: int, class_id: int | None = None, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The share of labels that are among the k classes with the largest of `predictions`, [..., classes]."""
def streaming_specificity_at_sensitivity(predictions: Any, labels: Any, sensitivity: float, weights: Any = None, num_thresholds: int = 200, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""The share of false labels not above the last threshold at which nearest to `sensitivity` of the true ones are."""
def streaming_true_negatives(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""How many labels and predictions were both false. Arguments as for `true_positives`."""
def streaming_true_positives(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None) -> Any:
    r"""How many labels and predictions were both true, each counting its weight."""
