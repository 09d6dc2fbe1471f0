"""The public names of `hornbeam.v1.manip`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import reshape as reshape
from hornbeam import reverse as reverse
from hornbeam import roll as roll
from hornbeam import scatter_nd as scatter_nd
from hornbeam import space_to_batch_nd as space_to_batch_nd
from hornbeam import tile as tile
from hornbeam.v1 import batch_to_space_nd as batch_to_space_nd
from hornbeam.v1 import gather_nd as gather_nd
