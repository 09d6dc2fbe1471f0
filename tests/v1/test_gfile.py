"""`tf.gfile` takes TensorFlow 1's argument names."""

from __future__ import annotations

from pathlib import Path

import pytest

import hornbeam.v1 as tf


def test_arguments_by_name(tmp_path: Path) -> None:
    folder, file = str(tmp_path / "a" / "b"), str(tmp_path / "a" / "b" / "file")
    tf.gfile.MakeDirs(dirname=folder)
    with tf.gfile.GFile(file, mode="w") as stream:
        stream.write("text")
    assert tf.gfile.Exists(filename=file)
    assert tf.gfile.IsDirectory(dirname=folder)
    assert tf.gfile.ListDirectory(dirname=folder) == ["file"]
    assert tf.gfile.Glob(filename=f"{folder}/*") == [file]
    assert tf.gfile.Stat(filename=file).length == 4
    tf.gfile.Copy(oldpath=file, newpath=f"{file}2", overwrite=False)
    with pytest.raises(tf.errors.AlreadyExistsError):
        tf.gfile.Rename(oldname=file, newname=f"{file}2")
    tf.gfile.Rename(oldname=file, newname=f"{file}2", overwrite=True)
    tf.gfile.Remove(filename=f"{file}2")
    tf.gfile.MkDir(dirname=f"{folder}/c")
    tf.gfile.DeleteRecursively(dirname=folder)
    assert not tf.gfile.Exists(folder)
