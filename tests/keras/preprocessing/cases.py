"""What `keras.preprocessing` is asked, of the real Keras 2.3.1 once and of Hornbeam by the tests.

    python3.7 tests/keras/preprocessing/cases.py        writes `recorded.npz`, where keras==2.3.1 is installed
"""

import json
import os
import random
import sys

import numpy as np

TEXTS = ["The cat sat on the mat.", "The dog; the DOG sat!", "a bird\tand a cat", "unseen zebra the"]
TOKENIZERS = {"plain": {}, "few": {"num_words": 4}, "oov": {"oov_token": "<x>", "num_words": 5},
              "characters": {"char_level": True}, "case": {"lower": False, "filters": "."}}
GENERATORS = {
    "geometry": {"rotation_range": 20, "width_shift_range": 0.2, "height_shift_range": 0.1, "shear_range": 10,
                 "zoom_range": 0.2, "channel_shift_range": 20.0, "horizontal_flip": True, "vertical_flip": True,
                 "rescale": 1 / 255.0},
    "features": {"featurewise_center": True, "featurewise_std_normalization": True, "width_shift_range": 3,
                 "height_shift_range": [1, 2, 4], "brightness_range": (0.5, 1.5)},
    "samples": {"samplewise_center": True, "samplewise_std_normalization": True, "fill_mode": "reflect",
                "rotation_range": 90},
    "whitening": {"zca_whitening": True, "zca_epsilon": 1e4, "zoom_range": (0.7, 0.9), "fill_mode": "wrap"},
    "split": {"validation_split": 0.4, "preprocessing_function": lambda image: image * 2, "fill_mode": "constant",
              "cval": 3, "height_shift_range": 0.5}}


def text_cases(text):
    """Each tokenizer's numbers as JSON texts."""
    for name, arguments in TOKENIZERS.items():
        t = text.Tokenizer(**arguments)
        t.fit_on_texts(TEXTS[:3])
        sequences = t.texts_to_sequences(TEXTS)
        found = {"index": t.word_index, "sequences": sequences, "texts": t.sequences_to_texts(sequences),
                 "counts": dict(t.word_counts), "docs": dict(t.word_docs), "documents": t.document_count,
                 "config": sorted(json.loads(t.to_json())["config"]),
                 "again": text.tokenizer_from_json(t.to_json()).texts_to_sequences(TEXTS)}
        yield "tokenizer " + name, np.array(json.dumps(found, sort_keys=True))
        for mode in ("binary", "count", "freq", "tfidf"):
            yield f"matrix {name} {mode}", t.texts_to_matrix(TEXTS, mode=mode)
    yield "words", np.array(json.dumps([text.text_to_word_sequence(x) for x in TEXTS]))
    yield "hashes", np.array(text.hashing_trick(TEXTS[0], 20, hash_function="md5"))


def transform_cases(image):
    """Images transformed with fixed parameters and with seeded ones."""
    rng = np.random.RandomState(0)
    x, odd = (rng.rand(9, 11, 3) * 255).astype("float32"), (rng.rand(8, 8, 1) * 255).astype("float32")
    for mode in ("nearest", "constant", "reflect", "wrap"):
        for order in (0, 1):
            for i, (array, given) in enumerate([
                    (x, {"theta": 30}), (x, {"tx": 2.3, "ty": -3.1}),
                    (x, {"theta": 10, "shear": 15, "zx": 0.8, "zy": 1.3, "tx": 1}), (odd, {"zx": 1.7, "zy": 0.6})]):
                yield f"affine {mode} {order} {i}", image.apply_affine_transform(
                    array, fill_mode=mode, order=order, cval=7.0, **given)
    yield "channels first", image.apply_affine_transform(x.transpose(2, 0, 1), theta=30, row_axis=1, col_axis=2,
                                                         channel_axis=0)
    np.random.seed(5)
    yield "rotation", image.random_rotation(x, 30, 0, 1, 2)
    yield "shift", image.random_shift(x, 0.2, 0.3, 0, 1, 2)
    yield "shear", image.random_shear(x, 20, 0, 1, 2)
    yield "zoom", image.random_zoom(x, (0.5, 1.5), 0, 1, 2)
    yield "channel shift", image.random_channel_shift(x, 30, 2)
    yield "brightness", image.random_brightness(x, (0.3, 1.4))


def generator_cases(image):
    """Batches of seeded generators."""
    rng = np.random.RandomState(1)
    x, y = (rng.rand(14, 6, 6, 3) * 255).astype("float32"), np.arange(14) % 4
    for name, arguments in GENERATORS.items():
        made = image.ImageDataGenerator(**arguments)
        made.fit(x, augment=name == "features", seed=3)
        flow = made.flow(x, y, batch_size=5, seed=11, subset="training" if name == "split" else None)
        for i in range(4):
            images, labels = next(flow)
            yield f"{name} images {i}", images
            yield f"{name} labels {i}", labels
        yield name + " by number", flow[1][0]
        yield name + " length", np.array(len(flow))
        drawn = made.get_random_transform((6, 6, 3), seed=9)
        yield name + " drawn", np.array([float(drawn[key]) for key in sorted(drawn) if drawn[key] is not None])


def sequence_cases(sequence):
    """Word pairs, windows and padded lists."""
    yield "table", sequence.make_sampling_table(20)
    random.seed(3)
    yield "pairs", np.array(json.dumps(sequence.skipgrams([1, 2, 3, 4, 5, 0, 7], 10, window_size=2, seed=4)))
    yield "true pairs", np.array(json.dumps(sequence.skipgrams([1, 2, 3, 4, 5], 10, window_size=1, negative_samples=0.0,
                                                               shuffle=False, categorical=True)))
    random.seed(9)
    yield "rare pairs", np.array(json.dumps(sequence.skipgrams(
        [1, 2, 3, 4, 5, 6, 7, 8], 10, sampling_table=sequence.make_sampling_table(10, sampling_factor=0.05), seed=2)))
    data, targets = np.arange(50).reshape(25, 2), np.arange(25)
    for name, given in [("plain", {}), ("strides", {"sampling_rate": 2, "stride": 3, "start_index": 2, "end_index": 20,
                                                    "batch_size": 4}), ("reverse", {"reverse": True, "batch_size": 5})]:
        made = sequence.TimeseriesGenerator(data, targets, length=6, **given)
        yield f"windows {name} length", np.array(len(made))
        for i in range(len(made)):
            yield f"windows {name} {i}", made[i][0]
            yield f"targets {name} {i}", made[i][1]
    yield "windows config", np.array(json.dumps(made.get_config(), sort_keys=True))
    np.random.seed(1)
    yield "windows by chance", sequence.TimeseriesGenerator(data, targets, 6, shuffle=True, batch_size=4)[0][0]
    yield "padded", sequence.pad_sequences([[1, 2, 3], [4], []], maxlen=2)
    yield "padded after", sequence.pad_sequences([[1, 2, 3], [4]], maxlen=2, padding="post", truncating="post", value=9)


FAMILIES = {"text": text_cases, "transforms": transform_cases, "generators": generator_cases,
            "sequence": sequence_cases}

if __name__ == "__main__":
    from keras.preprocessing import image, sequence, text

    modules = {"text": text, "transforms": image, "generators": image, "sequence": sequence}
    held = {f"{family}: {name}": value for family, cases in FAMILIES.items()
            for name, value in cases(modules[family])}
    np.savez_compressed(os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorded.npz"), **held)
    sys.stdout.write(f"{len(held)} results\n")
