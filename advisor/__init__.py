"""A linter for deep-learning experiments: what the trials mean, and what to do next."""

__version__ = "0.1.0"
