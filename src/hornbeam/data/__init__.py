"""Data sets: finding their files, checking them, reading them.  `mnist` is the first one."""
