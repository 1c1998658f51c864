"""Training problems that ship with the trainer, one a file; found by listing."""
