"""The public names of `hornbeam.v1.contrib.staging`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.staging.area import StagingArea as StagingArea
