"""Bessel functions, Dawson's and Fresnel's integrals: TensorFlow's values and slopes (recorded in float64)."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf

X = [0.5, 1.0, 2.0, 10.0]
RECORDED = {
    "bessel_j0": ([0.938469807240813, 0.7651976865579665, 0.22389077914123562, -0.24593576445134832],
                  [-0.24226845767487387, -0.44005058574493355, -0.5767248077568734, -0.04347274616886141]),
    "bessel_j1": ([0.24226845767487387, 0.44005058574493355, 0.5767248077568734, 0.04347274616886141],
                  [0.4539328918910652, 0.32514710081303294, -0.06447162473720108, -0.25028303906823446]),
    "bessel_k0": ([0.9244190712276663, 0.42102443824070823, 0.1138938727495335, 1.7780062316167654e-05],
                  [-1.6564411200033013, -0.6019072301972348, -0.13986588181652243, -1.8648773453825582e-05]),
    "bessel_k0e": ([1.5241093857739103, 1.1444630798068947, 0.841568215070772, 0.39163193443659866],
                   [-1.206900322437876, -0.4916904064563641, -0.19190863199791663, -0.019134636159190033]),
    "bessel_k1": ([1.6564411200033013, 0.6019072301972348, 0.13986588181652243, 1.8648773453825582e-05],
                  [-4.237301311234269, -1.022931668437943, -0.1838268136577947, -1.9644939661550213e-05]),
    "bessel_k1e": ([2.7310097082117863, 1.6361534862632587, 1.0334768470686886, 0.4107665705957887],
                   [-4.255119093985696, -1.1444630798068947, -0.32482979153642766, -0.021942020900388826]),
    "bessel_y0": ([-0.4445187335067066, 0.08825696421567697, 0.5103756726497451, 0.05567116728359961],
                  [1.4714723926702433, 0.7812128213002888, 0.10703243154093756, -0.24901542420695386]),
    "bessel_y1": ([-1.4714723926702433, -0.7812128213002888, -0.10703243154093756, 0.24901542420695386],
                  [2.49842605183378, 0.8694697855159658, 0.563891888420214, 0.030769624862904223]),
    "dawsn": ([0.4244363835020223, 0.5380795069127684, 0.30134038892379195, 0.05025384718759853],
              [0.5755636164979777, -0.0761590138255368, -0.20536155569516779, -0.005076943751970653]),
    "fresnel_cos": ([0.4923442258714464, 0.779893400376823, 0.48825340607534073, 0.49989869420551575],
                    [0.9238795325112867, 6.123233995736766e-17, 1.0, 1.0]),
    "fresnel_sin": ([0.06473243285999929, 0.4382591473903547, 0.34341567836369824, 0.46816997858488224],
                    [0.3826834323650898, 1.0, -2.4492935982947064e-16, 9.82193861364236e-16]),
}


@pytest.mark.parametrize("name", RECORDED)
def test_values_and_slopes(name: str) -> None:
    function = getattr(tf.math.special, name)
    values, slopes = RECORDED[name]
    x = tf.constant(X, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    np.testing.assert_allclose(y, values, rtol=1e-13)
    np.testing.assert_allclose(tape.gradient(y, x), slopes, rtol=1e-11, atol=1e-14)
    for dtype, exact in ((tf.float32, 2e-6), (tf.float16, 2e-3), (tf.bfloat16, 2e-2)):
        found = function(tf.constant(X, dtype))
        assert found.dtype is dtype
        np.testing.assert_allclose(np.asarray(found).astype(np.float64), values, rtol=exact, atol=1e-4)


def test_where_there_is_no_value() -> None:
    special = tf.math.special
    assert special.bessel_j1(0.0).numpy() == 0
    for name, value in (("bessel_k0", np.inf), ("bessel_k1e", np.inf), ("bessel_y0", -np.inf), ("bessel_y1", -np.inf)):
        assert getattr(special, name)([0.0, -1.0]).numpy().tolist() == [value, value]


def test_the_slope_of_j1_at_zero_is_one_half() -> None:
    x = tf.constant(0.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.math.special.bessel_j1(x)
    assert tape.gradient(y, x).numpy() == 0.5
