"""Readers of other tools' text: collect_env, nvidia-smi, pip, tracebacks, and mixtures of these."""
