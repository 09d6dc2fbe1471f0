"""The public names of `hornbeam.keras.applications.efficientnet`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.applications import EfficientNetB0 as EfficientNetB0
from hornbeam.keras.applications import EfficientNetB1 as EfficientNetB1
from hornbeam.keras.applications import EfficientNetB2 as EfficientNetB2
from hornbeam.keras.applications import EfficientNetB3 as EfficientNetB3
from hornbeam.keras.applications import EfficientNetB4 as EfficientNetB4
from hornbeam.keras.applications import EfficientNetB5 as EfficientNetB5
from hornbeam.keras.applications import EfficientNetB6 as EfficientNetB6
from hornbeam.keras.applications import EfficientNetB7 as EfficientNetB7
from hornbeam.keras.applications.convnext import decode_predictions as decode_predictions
from hornbeam.keras.applications.convnext import preprocess_input as preprocess_input
