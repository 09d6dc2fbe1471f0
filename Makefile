# `make demo` trains a network on MNIST, `make test` runs the tests. Both make .venv first and need only
# Python >= 3.11 with pip and venv. PYTHON= chooses the interpreter: make test PYTHON=python3.13

is_new_enough = import sys; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11; do \
	if $$python -c '$(is_new_enough)' 2>/dev/null; then echo $$python; break; fi; done)
endif
# pytest's arguments: make test TESTS=tests/v1
TESTS ?= -n auto

venv := .venv
python := $(venv)/bin/python
version := $(if $(PYTHON),$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'))
# The version is part of every stamp's name: another PYTHON= makes .venv anew instead of quietly using the old one.
made := $(venv)/made-with-$(version)
installed = $(venv)/installed-$(1)-$(version)

# TensorFlow has an environment of its own. TENSORFLOW= names the interpreter of one that is there already.
ifdef TENSORFLOW
tensorflow := $(TENSORFLOW)
else
tensorflow := $(abspath $(venv)-tensorflow/bin/python)
tensorflow_made := $(venv)-tensorflow/installed
endif

.PHONY: demo test oracle golden fuzz bench bench-keras bench-training api coverage lint clean
.DELETE_ON_ERROR:

demo: $(call installed,demo)
	$(venv)/bin/hornbeam demo

test: $(call installed,test)
	$(python) -m pytest $(TESTS)

# Every op, name and message against TensorFlow; `golden` keeps a sample of its answers in tests/golden.
oracle: $(call installed,test) $(tensorflow_made)
	HORNBEAM_ORACLE=$(tensorflow) $(python) -m pytest tests -m oracle

golden: $(call installed,test) $(tensorflow_made)
	HORNBEAM_ORACLE=$(tensorflow) $(python) -m tests.oracle.record

# Malformed calls of every op.
fuzz: $(call installed,test)
	$(python) -m tests.fuzz.run --calls 100000

# Times Hornbeam and TensorFlow side by side.
bench: $(call installed,bench) $(tensorflow_made)
	HORNBEAM_ORACLE=$(tensorflow) $(python) benchmarks/session.py --json benchmarks/session.json

# Times fit and predict beside Keras on TensorFlow, JAX and PyTorch; these two have an environment of their own.
bench-keras: $(call installed,bench) $(tensorflow_made) $(venv)-keras/installed
	HORNBEAM_ORACLE=$(tensorflow) $(python) benchmarks/keras_fit.py --keras $(venv)-keras/bin/python \
	  --json benchmarks/keras_fit.json

# Times seven networks beside every peer. BENCH="--rows cnn --peers torch --rounds 3" narrows it down.
bench-training: $(call installed,bench) $(tensorflow_made) $(venv)-keras/installed
	HORNBEAM_ORACLE=$(tensorflow) $(python) benchmarks/training.py --keras $(venv)-keras/bin/python \
	  --json benchmarks/training.json --svg benchmarks/training.svg $(BENCH)

# Writes what follows from the public names: the stubs for editors, and api.txt.
api: $(call installed,test)
	$(python) tools/make_api.py

# Writes docs/api-coverage.md: which of TensorFlow's and Keras's names are here, and why others are not.
coverage: $(call installed,test)
	$(python) tools/api_coverage.py

lint: $(call installed,dev)
	$(venv)/bin/ruff check
	$(venv)/bin/pyright --pythonpath $(python)
	$(venv)/bin/lint-imports

clean:
	rm -rf $(venv) $(venv)-tensorflow $(venv)-keras

$(made):
	@$(if $(PYTHON),$(PYTHON),false) -c '$(is_new_enough)' || { echo \
	  "Hornbeam needs Python 3.11 or newer. Name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(venv)
	@touch $@

$(venv)/installed-%-$(version): $(made) pyproject.toml hatch_build.py $(wildcard native/*)
	$(python) -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@

$(venv)-tensorflow/installed:
	$(PYTHON) -m venv --clear $(venv)-tensorflow
	$(venv)-tensorflow/bin/python -m pip install --quiet --disable-pip-version-check 'tensorflow-cpu==2.21.*'
	@touch $@

$(venv)-keras/installed:
	$(PYTHON) -m venv --clear $(venv)-keras
	$(venv)-keras/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(venv)-keras/bin/python -m pip install --quiet --disable-pip-version-check 'keras==3.15.*' jax optax
	@touch $@
