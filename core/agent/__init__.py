"""Runs inside any Python >= 3.8 as a child process; standard library only. It asks, and never judges."""
