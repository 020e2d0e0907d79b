"""The one-file collector: the same questions, answered into one redacted file; standard library only."""
