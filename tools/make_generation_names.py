"""Writes src/hornbeam/cli/generation_names.py: the names and arguments that only one TensorFlow generation
has.

    python tools/make_generation_names.py tf_api.json

The argument is a listing of TensorFlow's public names, {namespace: {name: {"kind": ..., "signature":
...}}}, with the namespaces `tf`, `tf.nn`, ..., `tf.compat.v1`, `tf.compat.v1.nn`, ... and `keras.losses`,
...
"""

import ast
import json
import sys
import textwrap
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "src" / "hornbeam" / "cli" / "generation_names.py"

# Names that TensorFlow dropped before the listing's release, so that no listing has them.
GONE = """
    contrib examples estimator.inputs models
    mul sub neg inv select pack unpack listdiff complex_abs batch_matmul batch_cholesky batch_matrix_inverse
    scalar_summary histogram_summary image_summary audio_summary merge_summary merge_all_summaries
    train.SummaryWriter nn.rnn nn.bidirectional_rnn nn.state_saving_rnn nn.seq2seq
    nn.sigmoid_softmax_with_logits
    histogram_fixed_width_summary initialize_local_variables sparse_segment_sum_grad
""".split()
# A program that calls these wants graphs, by whatever name it calls them.
SWITCHES = ["compat.v1.disable_eager_execution", "compat.v1.disable_v2_behavior"]
# In the second generation these namespaces are Keras's.
FROM_KERAS = ("losses", "metrics", "optimizers", "initializers")
# In both, whatever the listing says: Keras 2 had them as well.
SHARED = {"losses.Reduction"}


def names_below(api: dict, root: str, *, but_not: str | None = None) -> dict[str, str | None]:
    """{dotted name below `root`: its signature, if it has one}."""
    found = {}
    for namespace, names in api.items():
        if namespace != root and not namespace.startswith(root + "."):
            continue
        if but_not is not None and (namespace == but_not or namespace.startswith(but_not + ".")):
            continue
        prefix = namespace[len(root) + 1 :]
        for name, entry in names.items():
            found[f"{prefix}.{name}" if prefix else name] = entry["signature"]
    return found


def only_in(ours: dict[str, str | None], theirs: dict[str, str | None]) -> list[str]:
    """The names that `theirs` has not, though it lists the namespace; names below such a name are left
    out."""
    listed = {""} | {name.rpartition(".")[0] for name in theirs}
    absent = {n for n in ours if n not in theirs and n.rpartition(".")[0] in listed} - SHARED
    return sorted(n for n in absent if not any(n.startswith(f"{other}.") for other in absent))


def arguments(signature: str | None) -> set[str]:
    """The argument names of a signature; none if it takes any, or if a default cannot be read as Python."""
    try:
        tree = ast.parse(f"def f{signature}: ...")
    except SyntaxError:
        return set()
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    spec = function.args
    return set() if spec.vararg or spec.kwarg else {a.arg for a in spec.args + spec.kwonlyargs}


def only_arguments(ours: dict[str, str | None], theirs: dict[str, str | None]) -> list[str]:
    """`function(argument)` for the arguments that only `ours` has of a function that both have."""
    found = []
    for name in sorted(ours.keys() & theirs.keys()):
        mine, other = arguments(ours[name]), arguments(theirs[name])
        if mine and other:
            found += [f"{name}({argument})" for argument in sorted(mine - other)]
    return found


def block(name: str, comment: str, words: list[str]) -> str:
    """One set of the written file, as the formatter would leave it."""
    lines = textwrap.wrap(" ".join(words), 106, break_long_words=False, break_on_hyphens=False)
    body = "".join(f"    {line}\n" for line in lines)
    return f'# {comment}\n{name} = frozenset(\n    """\n{body}""".split()\n)\n'


def main() -> None:
    api = json.loads(Path(sys.argv[1]).read_text())
    first = names_below(api, "tf.compat.v1")
    own = names_below(api, "tf", but_not="tf.compat")
    second = dict(own)
    for namespace in FROM_KERAS:
        second |= {f"{namespace}.{name}": None for name in api[f"keras.{namespace}"]}
    text = [
        '"""Names and arguments that only one generation of TensorFlow has.',
        "",
        "Written by tools/make_generation_names.py: change that, not this.",
        '"""',
        "",
        block(
            "FIRST",
            "Below `tensorflow`, in TensorFlow 1 only.",
            sorted({*only_in(first, second), *GONE, *SWITCHES}),
        ),
        block("SECOND", "Below `tensorflow`, in TensorFlow 2 only.", only_in(second, first)),
        block(
            "FIRST_ARGUMENTS", "Arguments that a function lost with TensorFlow 2.", only_arguments(first, own)
        ),
        block(
            "SECOND_ARGUMENTS", "Arguments that a function got with TensorFlow 2.", only_arguments(own, first)
        ),
    ]
    OUTPUT.write_text("\n".join(text))


if __name__ == "__main__":
    main()
