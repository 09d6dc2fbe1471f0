"""The public names of `hornbeam.v1.gfile`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.gfile import GFile as GFile
from hornbeam.runtime.gfile import GFile as _FastGFile
from hornbeam.runtime.gfile import GFile as _Open
from hornbeam.runtime.gfile import copy as _Copy
from hornbeam.runtime.gfile import exists as _Exists
from hornbeam.runtime.gfile import glob as _Glob
from hornbeam.runtime.gfile import isdir as _IsDirectory
from hornbeam.runtime.gfile import listdir as _ListDirectory
from hornbeam.runtime.gfile import makedirs as _MakeDirs
from hornbeam.runtime.gfile import mkdir as _MkDir
from hornbeam.runtime.gfile import remove as _Remove
from hornbeam.runtime.gfile import rename as _Rename
from hornbeam.runtime.gfile import rmtree as _DeleteRecursively
from hornbeam.runtime.gfile import stat as _Stat
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
