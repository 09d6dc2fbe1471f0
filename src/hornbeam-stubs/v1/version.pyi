"""The public names of `hornbeam.v1.version`. Written by tools/make_api.py: run `make api`, do not edit."""


VERSION: str
