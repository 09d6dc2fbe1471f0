"""The public names of `hornbeam.v1.io.gfile`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.gfile import GFile as GFile
from hornbeam.runtime.gfile import copy as copy
from hornbeam.runtime.gfile import exists as exists
from hornbeam.runtime.gfile import get_registered_schemes as get_registered_schemes
from hornbeam.runtime.gfile import glob as glob
from hornbeam.runtime.gfile import isdir as isdir
from hornbeam.runtime.gfile import join as join
from hornbeam.runtime.gfile import listdir as listdir
from hornbeam.runtime.gfile import makedirs as makedirs
from hornbeam.runtime.gfile import mkdir as mkdir
from hornbeam.runtime.gfile import remove as remove
from hornbeam.runtime.gfile import rename as rename
from hornbeam.runtime.gfile import rmtree as rmtree
from hornbeam.runtime.gfile import stat as stat
from hornbeam.runtime.gfile import walk as walk
