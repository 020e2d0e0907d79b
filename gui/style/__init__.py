"""Colours, sizes, icons and spoken words of the window: everything that changes live without building it anew."""
