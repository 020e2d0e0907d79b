"""Is that program using the GPU? Timeline and verdict from samples."""
