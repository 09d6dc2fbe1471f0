"""Layers that prepare inputs: what `adapt` finds (values that Keras 3.15 gave), and what draws do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hornbeam import keras

IMAGES = (np.random.RandomState(0).rand(4, 8, 6, 3) * 255).astype(np.float32)
RANDOM: list[Any] = [
    lambda: keras.layers.RandomFlip(seed=1), lambda: keras.layers.RandomRotation(0.3, seed=1),
    lambda: keras.layers.RandomZoom(0.4, seed=1), lambda: keras.layers.RandomTranslation(0.4, 0.4, seed=1),
    lambda: keras.layers.RandomContrast((0.1, 0.9), seed=1), lambda: keras.layers.RandomBrightness(0.5, seed=1)]


def test_discretization_adapts_as_keras() -> None:
    layer = keras.layers.Discretization(num_bins=4, epsilon=0.05)
    layer.adapt(np.random.RandomState(0).randn(300).astype("float32"))
    np.testing.assert_allclose(layer.bin_boundaries, [-0.6743325591, 0.0174793079, 0.6815944910], rtol=1e-5)
    layer.adapt([np.arange(7.0), np.arange(40.0) ** 1.5])
    np.testing.assert_allclose(layer.bin_boundaries, [7.9426255, 61.0942459, 142.2802887], rtol=1e-5)
    assert np.asarray(layer(np.array([[1.0, 9.0, 1e3]]))).tolist() == [[0, 1, 3]]
    again = keras.layers.Discretization.from_config(layer.get_config())
    assert again.bin_boundaries == layer.bin_boundaries
    assert again.num_bins == 4


def test_normalization_adapts_in_batches_as_in_one_and_as_keras() -> None:
    x = np.random.RandomState(1).randn(5, 3).astype("float32")
    for data in (x, [x[:2], x[2:]], [(x[:4], None), (x[4:], None)]):
        layer = keras.layers.Normalization()
        layer.adapt(data)
        np.testing.assert_allclose(np.asarray(layer(x))[0], [1.1304077, -0.8194806, 0.11972488], rtol=1e-4)
        np.testing.assert_allclose(np.asarray(layer.variance), [[1.281111, 0.78455526, 1.7689584]], rtol=1e-5)
    back = keras.layers.Normalization(mean=np.asarray(layer.mean)[0], invert=True,
                                      variance=np.asarray(layer.variance)[0])
    np.testing.assert_allclose(np.asarray(back(layer(x))), x, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="incompatible shape"):
        layer.adapt(x[:, :2])
    with pytest.raises(ValueError, match="empty iterable"):
        layer.adapt([])
    with pytest.raises(ValueError, match="both `mean` and `variance` must be set"):
        keras.layers.Normalization(mean=1.0)


def test_an_adapted_layer_is_saved_and_loaded(tmp_path: Any) -> None:
    x = np.random.RandomState(2).randn(20, 3).astype("float32") * 5
    layer = keras.layers.Normalization()
    layer.adapt(x)
    model = keras.Sequential([keras.Input((3,)), layer, keras.layers.Dense(2)])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5)


def test_categories_are_counted_with_weights() -> None:
    layer = keras.layers.CategoryEncoding(4, output_mode="count")
    assert np.asarray(layer(np.array([[1, 1, 3]]), count_weights=np.array([[0.5, 0.25, 2.0]]))).tolist() == [
        [0.0, 0.75, 0.0, 2.0]]
    assert tuple(keras.layers.CategoryEncoding(4, output_mode="one_hot")(3).shape) == (1, 4)
    with pytest.raises(ValueError, match="num_tokens must be set"):
        keras.layers.CategoryEncoding()
    with pytest.raises(ValueError, match="`count_weights` is not used"):
        keras.layers.CategoryEncoding(4)([[1]], count_weights=[[1.0]])


@pytest.mark.parametrize("make", RANDOM)
def test_draws_differ_from_image_to_image_and_stop_outside_training(make: Any) -> None:
    layer, same = make(), np.repeat(IMAGES[:1], 16, 0)
    assert np.array_equal(np.asarray(layer(same, training=False)), same)
    made = np.asarray(layer(same, training=True))
    assert made.shape == same.shape
    assert len({image.tobytes() for image in made}) > 1
    assert not np.array_equal(np.asarray(layer(same, training=True)), made)
    assert np.array_equal(np.asarray(make()(same, training=True)), made)
    assert np.asarray(layer(IMAGES[0])).shape == IMAGES[0].shape
    model = keras.Sequential([keras.Input((8, 6, 3)), make()])
    assert np.array_equal(model.predict(IMAGES, verbose=0), IMAGES)


def test_a_flip_turns_images_over() -> None:
    made = np.asarray(keras.layers.RandomFlip("horizontal", seed=3)(np.repeat(IMAGES[:1], 20, 0), training=True))
    flipped = [np.array_equal(image, IMAGES[0, :, ::-1]) for image in made]
    assert {True, False} == set(flipped)
    assert all(turned or np.array_equal(image, IMAGES[0]) for turned, image in zip(flipped, made, strict=True))


def test_masks_move_with_their_images() -> None:
    masks = (IMAGES[..., :1] > 128).astype(np.float32)
    given = {"images": IMAGES, "segmentation_masks": masks, "labels": np.arange(4)}
    made = keras.layers.RandomFlip(seed=5)(given, training=True)
    assert np.array_equal(np.asarray(made["images"])[..., :1] > 128, np.asarray(made["segmentation_masks"]) > 0.5)
    assert np.asarray(made["labels"]).tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="didn't specify a bounding box format"):
        keras.layers.RandomFlip()({"images": IMAGES, "bounding_boxes": {}})


def test_a_random_crop_is_a_window() -> None:
    layer = keras.layers.RandomCrop(5, 4, seed=2)
    seen = set()
    for _ in range(8):
        made = np.asarray(layer(IMAGES, training=True))
        places = [(top, left) for top in range(4) for left in range(3)
                  if np.array_equal(made, IMAGES[:, top:top + 5, left:left + 4])]
        assert len(places) == 1
        seen.add(places[0])
    assert len(seen) > 1


def test_training_with_augmentation() -> None:
    model = keras.Sequential([keras.Input((8, 6, 3)), keras.layers.Rescaling(1 / 255), keras.layers.RandomRotation(0.1),
                              keras.layers.RandomCrop(6, 5), keras.layers.Flatten(), keras.layers.Dense(1)])
    model.layers[2].trainable = False
    model.compile("sgd", "mse")
    history = model.fit(IMAGES, np.ones(4), epochs=2, batch_size=2, verbose=0)
    assert len(history.history["loss"]) == 2
    assert np.isfinite(history.history["loss"]).all()


@pytest.mark.parametrize("make", [lambda: keras.layers.RandomRotation(2.0), lambda: keras.layers.RandomZoom(-1.0),
                                  lambda: keras.layers.RandomContrast(1.5), lambda: keras.layers.RandomBrightness("a"),
                                  lambda: keras.layers.RandomTranslation((0.1, 0.2, 0.3), 0.1)])
def test_factors_outside_their_range_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="should be a number"):
        make()


def test_draws_of_light_have_the_rank_of_the_images() -> None:
    drawn = keras.layers.RandomContrast(0.5).get_random_transformation(np.ones((2, 4, 4, 3)))
    assert drawn["contrast_factor"].shape == (2, 1, 1, 1)
    drawn = keras.layers.RandomBrightness(0.5).get_random_transformation(np.ones((4, 4, 3)))
    assert drawn["rgb_delta"].shape == (1, 1, 1)
    with pytest.raises(ValueError, match="Expected the input image to be rank 3 or 4"):
        keras.layers.RandomBrightness(0.5)(np.ones((4, 4)), training=True)


MEANS: dict[str, tuple[Any, list[float]]] = {
    "RandomGrayscale": (lambda: keras.layers.RandomGrayscale(0.5, seed=3), [128.0300, 126.2840, 119.1370, 132.4467]),
    "RandomInvert": (lambda: keras.layers.RandomInvert(0.5, seed=3), [128.0300, 128.3283, 135.8630, 132.4467]),
    "RandomPosterization": (
        lambda: keras.layers.RandomPosterization((2, 6), seed=3),
        [96.4444, 111.3333, 88.0000, 124.2222]),
    "RandomSharpness": (
        lambda: keras.layers.RandomSharpness((0.1, 0.9), seed=3),
        [135.1369, 127.8839, 121.2945, 138.3919]),
    "RandomColorDegeneration": (
        lambda: keras.layers.RandomColorDegeneration((0.1, 0.9), seed=3),
        [125.0886, 127.3323, 120.0893, 136.7777]),
    "RandomSaturation": (
        lambda: keras.layers.RandomSaturation(0.8, seed=3),
        [107.9069, 196.3739, 167.1566, 117.7070]),
    "RandomHue": (lambda: keras.layers.RandomHue((0.1, 0.9), seed=3), [127.4219, 126.0059, 118.4436, 134.9829]),
    "RandomColorJitter": (
        lambda: keras.layers.RandomColorJitter((0, 255), 0.2, 0.3, (0.4, 0.6), 0.2, seed=3),
        [164.1342, 113.5530, 115.6881, 159.3643]),
    "RandomGaussianBlur": (
        lambda: keras.layers.RandomGaussianBlur(0.8, 5, (0.3, 0.9), seed=3),
        [128.0300, 112.6175, 106.4142, 132.4467]),
    "Solarization": (
        lambda: keras.layers.Solarization((0.1, 0.3), (0.2, 0.8), seed=3),
        [67.0404, 72.3529, 92.9054, 62.3140]),
    "AutoContrast": (lambda: keras.layers.AutoContrast(), [126.5567, 127.2388, 118.9285, 132.9460]),
    "RandomErasing": (lambda: keras.layers.RandomErasing(0.9, seed=3), [125.6151, 128.3283, 119.1370, 127.2083]),
    "MixUp": (lambda: keras.layers.MixUp(seed=3), [128.0309, 131.3467, 119.1370, 128.2535]),
    "CutMix": (lambda: keras.layers.CutMix(seed=3), [131.6313, 128.3283, 120.5942, 129.0207]),
    "RandomShear": (
        lambda: keras.layers.RandomShear(0.5, (0.1, 0.4), seed=3),
        [126.9928, 121.1496, 122.5274, 132.0596]),
    "Equalization": (lambda: keras.layers.Equalization(), [129.4306, 128.7083, 120.3750, 133.6736]),
    "RandAugment": (lambda: keras.layers.RandAugment(num_ops=3, seed=3), [152.2696, 160.9808, 132.5266, 143.9371]),
    "RandomPerspective": (
        lambda: keras.layers.RandomPerspective(0.9, 0.5, seed=3),
        [128.0300, 108.1020, 106.0062, 132.4467]),
    "RandomElasticTransform": (
        lambda: keras.layers.RandomElasticTransform(0.9, (0.5, 0.9), seed=3),
        [128.0300, 126.3037, 119.2929, 132.4467]),
}


@pytest.mark.parametrize("name", sorted(MEANS))
def test_colours_and_mixtures_as_keras(name: str) -> None:
    make, wanted = MEANS[name]
    layer = make()
    mixing = name in ("MixUp", "CutMix")
    made = layer({"images": IMAGES, "labels": np.eye(4, dtype=np.float32)} if mixing else IMAGES, training=True)
    made = np.asarray(made["images"] if mixing else made)
    np.testing.assert_allclose(made.mean((1, 2, 3)), wanted, rtol=1e-4)
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    if not mixing:
        assert again(IMAGES[0], training=True).shape == IMAGES[0].shape
        if layer.get_random_transformation(IMAGES) is not None or name == "Equalization":
            np.testing.assert_array_equal(layer(IMAGES, training=False), IMAGES)


def test_a_pipeline_is_its_layers() -> None:
    pipe = keras.layers.Pipeline([keras.layers.RandomFlip(seed=1), keras.layers.Rescaling(0.5)])
    np.testing.assert_allclose(pipe(IMAGES, training=False), IMAGES / 2)
    again = keras.layers.Pipeline.from_config(pipe.get_config())
    assert [layer.name for layer in again.layers] == [layer.name for layer in pipe.layers]


@pytest.mark.parametrize("make", [lambda: keras.layers.RandomHue(0.5, dtype="float16"),
                                  lambda: keras.layers.Solarization(0.5, 0.5, dtype="float16")])
def test_colours_in_half_precision(make: Any) -> None:
    assert make()(IMAGES, training=True).dtype.name == "float16"


SOUND = np.sin(np.arange(40)**1.5 / 9).astype(np.float32)


def test_mel_spectrogram_is_keras() -> None:
    layer = keras.layers.MelSpectrogram(fft_length=16, sequence_stride=8, num_mel_bins=3, sampling_rate=8000)
    found = layer(SOUND)
    np.testing.assert_allclose(found, [[-2.895, 12.102, 9.975, 7.479, 4.764, 6.129],
                                       [2.990, 8.357, 11.246, 12.168, 12.296, 12.453],
                                       [-14.805, -12.514, -2.728, 2.869, 6.042, 5.520]], atol=1e-3)
    assert layer.compute_output_shape((None, 40)) == (None, 3, 6)
    assert keras.layers.MelSpectrogram.from_config(layer.get_config()).get_config() == layer.get_config()
    with pytest.raises(ValueError, match="`fft_length` must be greater than or equal to"):
        keras.layers.MelSpectrogram(fft_length=16, sequence_length=17)


def test_stft_spectrogram_is_keras() -> None:
    pytest.importorskip("scipy")
    given: dict[str, Any] = {"frame_length": 8, "frame_step": 8, "scaling": "spectrum", "padding": "same"}
    layer = keras.layers.STFTSpectrogram("psd", **given)
    found = layer(SOUND.reshape(1, 20, 2))
    assert found.shape == (1, 3, 10) == layer.compute_output_shape((1, 20, 2))
    np.testing.assert_allclose(found[0, 0], [0.2507, 0.3278, 0.0806, 0.0037, 0.0003, 0.3441, 0.4438, 0.1060, 0.0042,
                                             0.0003], atol=1e-4)
    image = keras.layers.STFTSpectrogram("psd", expand_dims=True, data_format="channels_first", **given)
    np.testing.assert_allclose(image(SOUND.reshape(1, 20, 2).transpose(0, 2, 1))[0, 1], found[0, :, 5:], rtol=1e-5)
    with pytest.raises(TypeError, match="Invalid input type"):
        layer(np.ones((1, 20, 2), "int32"))
    with pytest.raises(ValueError, match="Output mode is invalid"):
        keras.layers.STFTSpectrogram("loud")
    with pytest.warns(UserWarning, match="power of two"):
        keras.layers.STFTSpectrogram(frame_length=8, fft_length=12)


def test_aug_mix_mixes_images_with_changed_copies() -> None:
    layer = keras.layers.AugMix(num_chains=2, chain_depth=1, seed=3)
    again = keras.layers.AugMix.from_config(layer.get_config())
    found = layer(IMAGES, training=True)
    assert found.shape == IMAGES.shape
    assert not np.allclose(found, IMAGES)
    np.testing.assert_allclose(again(IMAGES, training=True), found)
    np.testing.assert_allclose(layer(IMAGES, training=False), IMAGES)
    drawn = layer.get_random_transformation(IMAGES)
    assert len(drawn["chain_transforms"]) == 2
    np.testing.assert_allclose(np.sum(drawn["chain_mixing_weights"]), 1, rtol=1e-6)
    flat = np.full_like(IMAGES, 7.0)
    link = {"index": drawn["weight_sample"], "transformations": {}}  # a chain that changes nothing
    kept = layer.transform_images(flat, {**drawn, "chain_transforms": [[link], []]})
    np.testing.assert_allclose(kept, flat, rtol=1e-5)


BOXES = np.array([[[2, 3, 14, 12], [20, 1, 29, 18]], [[0, 0, 5, 5], [8, 8, 11, 19]]], np.float32)
MOVED: dict[str, tuple[Any, list[list[float]]]] = {
    "translation": (lambda k: k.RandomTranslation((0.3, 0.3), (-0.2, -0.2), bounding_box_format="xyxy"),
        [[0.0, 9.0, 8.0, 18.0], [14.0, 7.0, 23.0, 20.0]]),
    "zoom": (lambda k: k.RandomZoom((0.4, 0.4), (-0.3, -0.3), bounding_box_format="xyxy"),
        [[0.0, 4.86, 13.79, 11.29], [22.36, 3.43, 30.0, 15.57]]),
    "rotation": (lambda k: k.RandomRotation((0.1, 0.1), bounding_box_format="xyxy"),
        [[0.57, 4.54, 15.56, 18.87], [13.95, 0.0, 30.0, 13.14]]),
    "crop": (lambda k: k.CenterCrop(10, 12, bounding_box_format="xyxy"),
        [[0.0, 0.0, 5.0, 7.0], [11.0, 0.0, 12.0, 10.0]]),
    "crop of small images": (lambda k: k.CenterCrop(24, 28, bounding_box_format="xyxy"),
        [[0.0, 3.6, 13.39, 14.4], [20.7, 1.2, 28.0, 21.6]]),
    "resizing": (lambda k: k.Resizing(10, 12, bounding_box_format="xyxy"),
        [[0.8, 1.5, 5.6, 6.0], [8.0, 0.5, 11.6, 9.0]]),
    "padding": (lambda k: k.Resizing(11, 12, pad_to_aspect_ratio=True, bounding_box_format="xyxy"),
        [[0.8, 2.2, 5.6, 5.8], [8.0, 1.4, 11.6, 8.2]]),
    "cropping": (lambda k: k.Resizing(11, 12, crop_to_aspect_ratio=True, bounding_box_format="xyxy"),
        [[0.0, 1.65, 5.7, 6.6], [9.0, 0.55, 12.0, 9.9]]),
}


@pytest.mark.parametrize("name", MOVED)
def test_bounding_boxes_move_with_images_as_keras(name: str) -> None:
    make, wanted = MOVED[name]
    layer, images = make(keras.layers), np.zeros((2, 20, 30, 1), np.float32)
    found = layer({"images": images, "bounding_boxes": {"boxes": BOXES, "labels": np.array([[1, 2], [3, 4]])}})
    boxes = np.asarray(found["bounding_boxes"]["boxes"])
    np.testing.assert_allclose(boxes[0], wanted, atol=0.02)
    one = layer({"images": images[0], "bounding_boxes": {"boxes": BOXES[0], "labels": np.array([1, 2])}})
    np.testing.assert_allclose(one["bounding_boxes"]["boxes"], boxes[0], atol=1e-4)
    drawn = layer.get_random_transformation(images[:1])
    alone = layer.transform_single_bounding_box({"boxes": BOXES[0], "labels": np.array([1, 2])}, drawn)
    np.testing.assert_allclose(alone["boxes"], boxes[0], atol=1e-4)
    assert layer.transform_single_image(images[0], drawn).shape == one["images"].shape
    assert type(layer).from_config(layer.get_config()).bounding_box_format == "xyxy"


def test_bounding_boxes_lie_where_their_pixels_are() -> None:
    images = np.zeros((8, 16, 16, 1), np.float32)
    images[:, 3:7, 5:11] = 1
    boxes = {"boxes": np.tile(np.array([[[5 / 16, 3 / 16, 6 / 16, 4 / 16]]], np.float32), (8, 1, 1)),
             "labels": np.zeros((8, 1), np.int32)}
    form: dict[str, Any] = {"bounding_box_format": "rel_xywh", "seed": 1}
    for layer in (keras.layers.RandomFlip(**form), keras.layers.RandomCrop(12, 12, **form),
                  keras.layers.RandomTranslation((-0.1, 0.2), (-0.1, 0.2), fill_mode="constant", **form)):
        found = layer({"images": images, "bounding_boxes": boxes}, training=True)
        size = found["images"].shape[1]
        for image, (x, y, w, h) in zip(np.asarray(found["images"])[..., 0],
                                       np.asarray(found["bounding_boxes"]["boxes"])[:, 0] * size, strict=True):
            rows, columns = np.nonzero(image > 0.5)
            np.testing.assert_allclose([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1],
                                       [x, y, x + w, y + h], atol=0.51)


def test_numbers_of_bounding_boxes_and_what_is_refused() -> None:
    data = {"images": IMAGES[:2], "bounding_boxes": {"boxes": BOXES, "labels": np.array([[5, 6], [7, 8]])}}
    found = keras.layers.MaxNumBoundingBoxes(3, bounding_box_format="xyxy")(data)["bounding_boxes"]
    assert np.asarray(found["labels"]).tolist() == [[5, 6, -1], [7, 8, -1]]
    assert found["boxes"].shape == (2, 3, 4)
    with pytest.raises(ValueError, match="didn't specify a bounding box format"):
        keras.layers.RandomFlip()(data)
    with pytest.raises(ValueError, match="to be a dict with keys 'boxes' and 'labels'"):
        keras.layers.RandomFlip(bounding_box_format="xyxy")({**data, "bounding_boxes": BOXES})
