"""Where an agent runs and how its run ends: start, decode, cancel."""
