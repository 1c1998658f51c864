"""Arbitrary bytes for every parser; see targets.py. `make fuzz` runs them all."""
