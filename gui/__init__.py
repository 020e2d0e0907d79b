"""The desktop app: presenters hold states, views show them and decide nothing."""
