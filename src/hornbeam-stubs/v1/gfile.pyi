"""The public names of `hornbeam.v1.gfile`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.io.gfile import GFile as GFile
from hornbeam.io.gfile import GFile as _FastGFile
from hornbeam.io.gfile import GFile as _Open
from hornbeam.io.gfile import copy as _Copy
from hornbeam.io.gfile import exists as _Exists
from hornbeam.io.gfile import glob as _Glob
from hornbeam.io.gfile import isdir as _IsDirectory
from hornbeam.io.gfile import listdir as _ListDirectory
from hornbeam.io.gfile import makedirs as _MakeDirs
from hornbeam.io.gfile import mkdir as _MkDir
from hornbeam.io.gfile import remove as _Remove
from hornbeam.io.gfile import rename as _Rename
from hornbeam.io.gfile import rmtree as _DeleteRecursively
from hornbeam.io.gfile import stat as _Stat
from hornbeam.runtime.gfile import walk_v1 as _Walk

Copy = _Copy
DeleteRecursively = _DeleteRecursively
Exists = _Exists
FastGFile = _FastGFile
Glob = _Glob
IsDirectory = _IsDirectory
ListDirectory = _ListDirectory
MakeDirs = _MakeDirs
MkDir = _MkDir
Open = _Open
Remove = _Remove
Rename = _Rename
Stat = _Stat
Walk = _Walk
