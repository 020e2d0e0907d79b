"""The lip-sync-style sample pipeline: inputs, stages, precisions and presets."""
