"""Architectures: initial weights in numpy, the pass through M models in TensorFlow."""
