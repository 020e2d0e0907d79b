"""The right wheel and driver for a machine, with why and why not."""
