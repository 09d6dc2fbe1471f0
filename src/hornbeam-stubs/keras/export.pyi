"""The public names of `hornbeam.keras.export`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.export.archive import ExportArchive as ExportArchive
