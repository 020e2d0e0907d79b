"""Typed, frozen facts and the pure readers that turn answers into them."""
