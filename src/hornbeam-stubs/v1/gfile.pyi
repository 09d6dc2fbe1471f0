"""The public names of `hornbeam.v1.gfile`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.io.gfile import GFile as GFile
from hornbeam.io.gfile import GFile as _FastGFile
from hornbeam.io.gfile import GFile as _Open
from hornbeam.runtime.gfile import walk_v1 as _Walk
from hornbeam.v1.adapters.gfile import copy as _Copy
from hornbeam.v1.adapters.gfile import delete_recursively as _DeleteRecursively
from hornbeam.v1.adapters.gfile import exists as _Exists
from hornbeam.v1.adapters.gfile import glob as _Glob
from hornbeam.v1.adapters.gfile import is_directory as _IsDirectory
from hornbeam.v1.adapters.gfile import list_directory as _ListDirectory
from hornbeam.v1.adapters.gfile import make_dirs as _MakeDirs
from hornbeam.v1.adapters.gfile import mk_dir as _MkDir
from hornbeam.v1.adapters.gfile import remove as _Remove
from hornbeam.v1.adapters.gfile import rename as _Rename
from hornbeam.v1.adapters.gfile import stat as _Stat

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
