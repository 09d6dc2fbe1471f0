"""The public names of `hornbeam.keras.models`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras import Model as Model
from hornbeam.keras import Sequential as Sequential
from hornbeam.keras.models.cloning import clone_model as clone_model
from hornbeam.keras.models.model import model_from_json as model_from_json
from hornbeam.keras.saving.saving_api import load_model as load_model
from hornbeam.keras.saving.saving_api import save_model as save_model
