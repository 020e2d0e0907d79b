"""Renews the wheel tables from a wheel index, and only when a person asks for it."""
