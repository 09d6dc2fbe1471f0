"""Bijectors and transformed distributions, the same in TensorFlow 1.15 and in Hornbeam.

`python bijector_cases.py FILE` records what the TensorFlow of this interpreter gives.
"""

import json
import sys

import numpy as np

UNIT = np.array([[0.1, 0.4, 0.7], [0.2, 0.3, 0.9]], np.float32)
REAL = np.array([[-1.0, 0.5, 2.0], [0.3, -2.0, 1.0]], np.float32)
RISING = np.array([[0.1, 0.4, 0.9], [-1.0, 0.5, 3.0]], np.float32)
POSITIVE = np.array([[0.5, 1.0, 2.0], [0.1, 3.0, 1.0]], np.float32)
TRIL = np.array([[2.0, 0, 0], [0.5, 1.0, 0], [0.3, -0.2, 1.5]], np.float32)


def bijectors(tf):
    """(bijector, values) by name."""
    b = tf.contrib.distributions.bijectors
    shift, diag = [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]
    return {
        "identity": (b.Identity(), REAL), "exp": (b.Exp(), REAL), "power": (b.PowerTransform(power=2.0), POSITIVE),
        "sigmoid": (b.Sigmoid(), REAL), "softplus": (b.Softplus(), REAL),
        "hinge": (b.Softplus(hinge_softness=2.0), REAL), "softsign": (b.Softsign(), REAL),
        "square": (b.Square(), POSITIVE), "gumbel": (b.Gumbel(0.3, 2.0), REAL),
        "kumaraswamy": (b.Kumaraswamy(2.0, 3.0), UNIT), "sinh": (b.SinhArcsinh(0.5, 1.5), REAL),
        "scalar": (b.AffineScalar(0.5, -2.0), REAL), "shifted": (b.AffineScalar(shift=1.0), REAL),
        "diagonal": (b.Affine(shift=shift, scale_diag=diag), REAL),
        "triangle": (b.Affine(shift=shift, scale_tril=TRIL), REAL),
        "multiplier": (b.Affine(scale_identity_multiplier=2.0), REAL),
        "sum": (b.Affine(scale_tril=TRIL, scale_diag=diag, scale_identity_multiplier=0.5), REAL),
        "perturbed": (b.Affine(shift=shift, scale_diag=diag, scale_perturb_factor=[[1.0], [0.5], [0.2]]), REAL),
        "operator": (b.AffineLinearOperator(shift, tf.linalg.LinearOperatorLowerTriangular(TRIL)), REAL),
        "permute": (b.Permute([2, 0, 1]), REAL), "softmax": (b.SoftmaxCentered(), REAL),
        "ordered": (b.Ordered(), RISING), "invert": (b.Invert(b.Exp()), POSITIVE),
        "chain": (b.Chain([b.Softplus(), b.Affine(shift=shift, scale_diag=diag)]), REAL),
        "chain_of_vectors": (b.Chain([b.Affine(scale_tril=TRIL), b.Exp()]), REAL),
        "inline": (b.Inline(forward_fn=tf.exp, inverse_fn=tf.log, inverse_log_det_jacobian_fn=lambda y: -tf.log(y),
                            forward_min_event_ndims=0), REAL)}


def distributions(tf):
    """(distribution, values, what is asked) by name."""
    ds = tf.contrib.distributions
    b, made = ds.bijectors, ds.TransformedDistribution
    all_ = ("log_prob", "prob", "cdf", "log_cdf", "survival_function")
    return {
        "log_normal": (made(ds.Normal(0.5, 2.0), b.Exp()), POSITIVE, all_),
        "normals": (made(ds.Normal(0.0, 1.0), b.Affine(shift=[1.0, 2.0, 3.0], scale_tril=TRIL), event_shape=[3]), REAL,
                    ("log_prob", "prob", "entropy")),
        "laplace": (made(ds.Laplace([0.0, 1.0], 1.0), b.AffineScalar(1.0, 3.0)), REAL[:, :2], (*all_, "entropy")),
        "batch": (made(ds.Normal(0.0, 1.0), b.AffineScalar(1.0, 3.0), batch_shape=[2]), REAL[:, :2], all_),
        "logistic": (made(ds.Logistic(0.0, 1.0), b.Sigmoid(), name="L"), UNIT, all_),
        "chain": (made(ds.Normal([0.0, 1.0, 2.0], 1.0), b.Chain([b.Exp(), b.AffineScalar(1.0, 0.5)])), POSITIVE, all_),
        "simplex": (made(ds.MultivariateNormalDiag([0.0, 0.0], [1.0, 2.0]), b.SoftmaxCentered()),
                    np.array([[0.2, 0.3, 0.5]], np.float32), ("log_prob", "prob"))}


def answers(tf):
    """What they give, as nested lists."""
    found = {}
    with tf.Graph().as_default(), tf.Session() as session:
        for name, (bijector, x) in bijectors(tf).items():
            y = session.run(bijector.forward(x))
            asked = [bijector.forward(x), bijector.inverse(y)]
            least = max(bijector.forward_min_event_ndims, bijector.inverse_min_event_ndims)
            for ndims in range(least, 3):
                asked += [bijector.forward_log_det_jacobian(x, event_ndims=ndims),
                          bijector.inverse_log_det_jacobian(y, event_ndims=ndims)]
            about = [bijector.is_constant_jacobian, bijector.forward_min_event_ndims, bijector.inverse_min_event_ndims,
                     bijector.name, bijector.forward_event_shape([3]).as_list()]
            found[name] = [[np.asarray(v, np.float64).tolist() for v in session.run(asked)], about]
        for name, (made, x, asked) in distributions(tf).items():
            values = [getattr(made, what)() if what == "entropy" else getattr(made, what)(x) for what in asked]
            about = [made.name, made.batch_shape.as_list(), made.event_shape.as_list(),
                     made.sample([4, 2]).shape.as_list()]
            draws = made.sample(5, seed=1)
            finite = bool(np.isfinite(session.run(made.log_prob(draws))).all())
            found[name + " distribution"] = [[np.asarray(v, np.float64).tolist() for v in session.run(values)],
                                             [*about, finite]]
    return found


if __name__ == "__main__":
    import tensorflow
    with open(sys.argv[1], "w") as file:
        json.dump(answers(tensorflow), file)
