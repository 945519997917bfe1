"""The copy of all that is held about a person (P16): asked for, made by the worker, fetched once, deleted."""
