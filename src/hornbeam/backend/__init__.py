"""Running one pure function: traced, then interpreted or compiled. Read `program.py` first."""
