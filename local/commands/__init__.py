"""The commands of `akeneo-sfcc`, one module each: `add_parser` declares it, `run` does it and returns the exit code."""
