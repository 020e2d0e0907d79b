"""From facts to findings, the chain and the one root cause."""
