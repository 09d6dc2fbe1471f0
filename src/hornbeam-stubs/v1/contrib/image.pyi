"""The public names of `hornbeam.v1.contrib.image`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.image.geometry import angles_to_projective_transforms as angles_to_projective_transforms
from hornbeam.v1.contrib.image.geometry import compose_transforms as compose_transforms
from hornbeam.v1.contrib.image.geometry import dense_image_warp as dense_image_warp
from hornbeam.v1.contrib.image.geometry import flat_transforms_to_matrices as flat_transforms_to_matrices
from hornbeam.v1.contrib.image.geometry import matrices_to_flat_transforms as matrices_to_flat_transforms
from hornbeam.v1.contrib.image.geometry import rotate as rotate
from hornbeam.v1.contrib.image.geometry import transform as transform
from hornbeam.v1.contrib.image.geometry import translate as translate
from hornbeam.v1.contrib.image.geometry import translations_to_projective_transforms as translations_to_projective_transforms
