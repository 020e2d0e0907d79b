"""The benchmark session without I/O: state, statistics, doubts and the proof."""
