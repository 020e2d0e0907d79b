"""Carries a plan out in a Python environment, verifies it, and puts it back."""
