"""How trials are trained again: one pipeline a file."""
