"""Whether a program was written for Keras 2, found from the names it uses.

The source is parsed, not run. Evidence is a name, an argument or a module that only one of Keras 2 and Keras 3 has;
the one with more evidence wins, and where there is none it is Keras 3.
"""

import ast

from hornbeam.cli.keras_modules import OLD_PLACES

_MODULES_2 = {f"keras.{name}" for name in OLD_PLACES} | {"keras.preprocessing.text", "keras.wrappers",
                                                         "keras.wrappers.scikit_learn"}
_NAMES_2 = frozenset("""
    np_utils vis_utils fit_generator evaluate_generator predict_generator predict_classes predict_proba
    ImageDataGenerator Convolution1D Convolution2D Convolution3D Tokenizer int_shape learning_phase
    set_learning_phase set_session get_session to_yaml model_from_yaml multi_gpu_model get_input_at
    get_output_at CuDNNLSTM CuDNNGRU batch_flatten permute_dimensions count_params get_value set_value
    image_dim_ordering ctc_batch_cost l2_normalize
""".split())
_ARGUMENTS_2 = frozenset("""
    lr decay nb_epoch input_dim input_shape batch_input_shape input_length output_dim border_mode nb_filter
    subsample dim_ordering init W_regularizer W_constraint filter_length pool_length inner_init dropout_W
    dropout_U schedule_decay samples_per_epoch
""".split())
_NAMES_3 = frozenset("PyDataset KerasTensor SeedGenerator convert_to_numpy standardize_dtype".split())
_MODULES_3 = frozenset("keras.ops keras.random keras.saving keras.config keras.tree keras.distribution".split())


def is_for_keras_2(source: str | bytes) -> bool:
    """Whether there is more of Keras 2 than of Keras 3 in a program that uses Keras.

    >>> is_for_keras_2("from keras.layers.core import Dense")
    True
    >>> is_for_keras_2("from keras import ops, layers; layers.Dense(3)")
    False
    """
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):  # running it will say so
        return False
    imported = {name for node in nodes for name in _imported(node)}
    if not any(name.split(".")[0] == "keras" for name in imported):
        return False
    older = (imported & _MODULES_2) | {name for name in imported if name.rpartition(".")[2] in _NAMES_2}
    newer = (imported & _MODULES_3) | {name for name in imported if name.rpartition(".")[2] in _NAMES_3}
    for node in nodes:
        if isinstance(node, ast.Attribute):
            older |= {node.attr} & _NAMES_2
            newer |= {node.attr} & (_NAMES_3 | {"ops"})
        elif isinstance(node, ast.keyword):
            older |= {str(node.arg)} & _ARGUMENTS_2
        elif isinstance(node, ast.Constant) and node.value == "KERAS_BACKEND":
            newer.add("KERAS_BACKEND")
    return len(older) > len(newer)


def is_beside_tensorflow(source: str | bytes) -> bool:
    """Whether a program imports Keras as `keras`, not as a part of TensorFlow."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return False
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    return any(module.split(".")[0] == "keras" for module in modules)


def _imported(node: ast.AST) -> list[str]:
    """What an import names, below `keras`: `tensorflow.keras.layers` is `keras.layers`."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    else:
        return []
    return [name.removeprefix("tensorflow.").removeprefix("python.") for name in names]
