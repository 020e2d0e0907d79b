"""The catalogue: every question that may be asked of a machine, and so all that can ever leave one."""
