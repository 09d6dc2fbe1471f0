"""The public names of `hornbeam.v1.flags`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.app.flags import DEFINE_bool as DEFINE_bool
from hornbeam.v1.app.flags import DEFINE_bool as _DEFINE_boolean
from hornbeam.v1.app.flags import DEFINE_enum as DEFINE_enum
from hornbeam.v1.app.flags import DEFINE_float as DEFINE_float
from hornbeam.v1.app.flags import DEFINE_integer as DEFINE_integer
from hornbeam.v1.app.flags import DEFINE_list as DEFINE_list
from hornbeam.v1.app.flags import DEFINE_multi_float as DEFINE_multi_float
from hornbeam.v1.app.flags import DEFINE_multi_integer as DEFINE_multi_integer
from hornbeam.v1.app.flags import DEFINE_multi_string as DEFINE_multi_string
from hornbeam.v1.app.flags import DEFINE_spaceseplist as DEFINE_spaceseplist
from hornbeam.v1.app.flags import DEFINE_string as DEFINE_string
from hornbeam.v1.app.flags import FLAGS as FLAGS
from hornbeam.v1.app.flags import mark_flag_as_required as mark_flag_as_required
from hornbeam.v1.app.flags import mark_flags_as_required as mark_flags_as_required

DEFINE_boolean = _DEFINE_boolean
