"""The public names of `hornbeam.v1.io.gfile`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.io.gfile import GFile as GFile
from hornbeam.io.gfile import copy as copy
from hornbeam.io.gfile import exists as exists
from hornbeam.io.gfile import get_registered_schemes as get_registered_schemes
from hornbeam.io.gfile import glob as glob
from hornbeam.io.gfile import isdir as isdir
from hornbeam.io.gfile import join as join
from hornbeam.io.gfile import listdir as listdir
from hornbeam.io.gfile import makedirs as makedirs
from hornbeam.io.gfile import mkdir as mkdir
from hornbeam.io.gfile import remove as remove
from hornbeam.io.gfile import rename as rename
from hornbeam.io.gfile import rmtree as rmtree
from hornbeam.io.gfile import stat as stat
from hornbeam.io.gfile import walk as walk
