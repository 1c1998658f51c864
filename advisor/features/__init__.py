"""Pure measurements: arrays in, numbers with units and uncertainty out."""
