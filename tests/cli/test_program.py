"""`hornbeam run FILE` is to a program as `python FILE`: run both ways, and all that is seen is compared."""

import os
import signal
import subprocess
import sys
import time

import pytest

PYTHON = [sys.executable]
HORNBEAM = [sys.executable, "-m", "hornbeam", "run"]


def seen(command, cwd, **options):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, **options)
    return done.returncode, done.stdout, done.stderr


def assert_same(cwd, *arguments, **options):
    python, hornbeam = (seen([*run, *arguments], cwd, **options) for run in (PYTHON, HORNBEAM))
    assert hornbeam == python
    return hornbeam


PROGRAMS = {
    "what it sees": "import sys\nprint(sys.argv, __name__, __file__, sys.path[0], __package__, __spec__)",
    "its module": "import __main__\nx = 5\nprint(__main__.x, __main__.__dict__ is globals(), __doc__)",
    "a module beside it": "import beside\nprint(beside.value)",
    "input": "import sys\nprint(input(), sys.stdin.read())",
    "exit code": "import sys\nsys.exit(7)",
    "exit with words": "raise SystemExit('no more')",
    "exit from the end": "import atexit, sys\natexit.register(print, 'bye')\nsys.exit(3)",
    "an error": "def f(n):\n    return 1 / n\n\n\nprint('before')\nf(0)",
    "an error from an error": "try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('v') from e",
    "an error in a module beside it": "import broken",
    "several errors": "raise ExceptionGroup('all', [ValueError(1), TypeError(2)])",
    "no such module": "import no_such_module_at_all",
    "wrong syntax": "x = (1,\nprint(x",
    "wrong indentation": "if 1:\nprint()",
    "a hook of its own": "import sys\nsys.excepthook = lambda k, e, t: print('hook', e, t.tb_lineno)\n1 / 0",
    "an error at the end": "import atexit\natexit.register(int, 'no number')",
    "a warning": "import warnings\nwarnings.warn('careful')",
    "its own frame": "import sys\nprint(sys._getframe().f_code.co_filename, __builtins__)",
    "interrupted": "raise KeyboardInterrupt",
    "no annotations of ours": "def f(x: undefined_name): ...",
    "its source": "import inspect\ndef f(): return 1\nprint(inspect.getsource(f))",
    "pickled": "import pickle\nclass C: pass\nprint(type(pickle.loads(pickle.dumps(C()))) is C)",
    "dataclass": "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int\nprint(C(1))",
}


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_as_python_runs_it(tmp_path, source):
    (tmp_path / "beside.py").write_text("value = 'found'")
    (tmp_path / "broken.py").write_text("\n\nraise RuntimeError('broken')")
    (tmp_path / "program.py").write_text(source)
    assert_same(tmp_path, "program.py", "--tf", "1", "-m", "--help", input="first line\nrest")


def test_from_another_folder_and_through_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "real" / "program.py").write_text("import sys\nprint(sys.argv, __file__, sys.path[0])")
    (tmp_path / "link.py").symlink_to("real/program.py")
    assert_same(tmp_path / "elsewhere", "../real/program.py")
    assert_same(tmp_path / "elsewhere", "../link.py")
    assert_same(tmp_path / "elsewhere", str(tmp_path / "real" / "program.py"))


def test_encoding_line_of_the_source(tmp_path):
    (tmp_path / "program.py").write_bytes("# -*- coding: latin-1 -*-\nprint(ascii('é'))".encode("latin-1"))
    assert assert_same(tmp_path, "program.py")[1] == "'\\xe9'\n"


def test_safe_path(tmp_path):
    (tmp_path / "program.py").write_text("import sys, os\nprint(os.getcwd() in sys.path)")
    assert_same(tmp_path, "program.py", env={**os.environ, "PYTHONSAFEPATH": "1"})


def test_modules(tmp_path):
    (tmp_path / "pack").mkdir()
    source = "import sys\nprint(__name__, __package__, __spec__.name, sys.argv, __file__, sys.path[0])"
    (tmp_path / "pack" / "__init__.py").write_text("print('package')")
    for name in ("__main__.py", "part.py"):
        (tmp_path / "pack" / name).write_text(f"{source}\nfrom . import __name__ as above\nprint(above)")
    (tmp_path / "alone.py").write_text(source)
    for name in ("pack", "pack.part", "alone"):
        code, output, _ = assert_same(tmp_path, "-m", name, "--tf", "2")
        assert code == 0
        assert "--tf" in output


@pytest.mark.parametrize("name", ["nothing", "pack.nothing"])
def test_a_module_that_is_not_there(tmp_path, name):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    assert seen([*HORNBEAM, "-m", name], tmp_path) == (1, "", f"hornbeam run: No module named {name}\n")


def test_a_file_that_is_not_there(tmp_path):
    code, output, errors = seen([*HORNBEAM, "nothing.py"], tmp_path)
    assert (code, output) == (2, "")
    assert errors == (f"hornbeam run: can't open file '{tmp_path}/nothing.py': [Errno 2] No such file or directory\n")


def test_an_interrupt_from_the_keyboard(tmp_path):
    (tmp_path / "program.py").write_text("import time\nprint('ready', flush=True)\ntime.sleep(60)")

    def interrupted(run):
        process = subprocess.Popen(
            [*run, "program.py"], cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        return process.returncode, errors

    assert interrupted(HORNBEAM) == interrupted(PYTHON)


def test_the_programs_own_command_line_errors_are_its_own(tmp_path):
    (tmp_path / "program.py").write_text("import click\nraise click.UsageError('mine')")
    assert_same(tmp_path, "program.py")


def test_usage(tmp_path):
    code, _, errors = seen(HORNBEAM, tmp_path)
    assert code == 2
    assert "Missing argument 'FILE'" in errors
    code, _, errors = seen([*HORNBEAM, "--tf", "3", "x.py"], tmp_path)
    assert code == 2
    assert "'3' is not one of '1', '2'" in errors
    code, output, _ = seen([sys.executable, "-m", "hornbeam", "--help"], tmp_path)
    assert code == 0
    assert "run     Run a program written for TensorFlow." in output
