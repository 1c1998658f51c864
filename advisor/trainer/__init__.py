"""Trains flagged configurations again, many at once; the only TensorFlow code."""
