"""The report file: format, upgrade, redaction, rendering, comparison."""
