"""Widgets: each shows one state and decides nothing."""
