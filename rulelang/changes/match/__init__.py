"""Which part of the old version is which part of the new one."""
