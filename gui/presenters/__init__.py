"""QObjects without widgets: they run the core in the background and hold what a page shows."""
