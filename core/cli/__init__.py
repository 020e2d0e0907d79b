"""The terminal: arguments in, core called, words out."""
