"""Metrics: `metric.py` says what they share, `means.py` holds means and sums, the other files a family each."""

from hornbeam.keras.losses import lookup as losses
from hornbeam.keras.old_names import with_old_names

__getattr__ = with_old_names(__name__, {**{name: f"losses.{now}" for name, now in losses.OLD_FUNCTIONS.items()},
                                        "cosine_similarity": "losses.cosine_similarity",
                                        "cosine": "losses.cosine_similarity",
                                        "CosineProximity": "metrics.CosineSimilarity"})
