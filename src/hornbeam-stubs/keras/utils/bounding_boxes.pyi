"""The public names of `hornbeam.keras.utils.bounding_boxes`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.utils.bounding_boxes.boxes import affine_transform as affine_transform
from hornbeam.keras.utils.bounding_boxes.boxes import clip_to_image_size as clip_to_image_size
from hornbeam.keras.utils.bounding_boxes.boxes import compute_ciou as compute_ciou
from hornbeam.keras.utils.bounding_boxes.boxes import compute_iou as compute_iou
from hornbeam.keras.utils.bounding_boxes.boxes import convert_format as convert_format
from hornbeam.keras.utils.bounding_boxes.boxes import crop as crop
from hornbeam.keras.utils.bounding_boxes.boxes import decode_deltas_to_boxes as decode_deltas_to_boxes
from hornbeam.keras.utils.bounding_boxes.boxes import encode_box_to_deltas as encode_box_to_deltas
from hornbeam.keras.utils.bounding_boxes.boxes import pad as pad
