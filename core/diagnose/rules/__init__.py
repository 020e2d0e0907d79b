"""Small pure rules, one family a module; ``RULES`` lists them all."""
