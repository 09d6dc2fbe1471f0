"""The public names of `hornbeam.v1.saved_model.tag_constants`. Written by tools/make_api.py: run `make api`, do not edit."""


GPU: str
SERVING: str
TPU: str
TRAINING: str
