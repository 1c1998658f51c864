"""What a merge depends on: what is new, what is accepted, what is worth adopting."""
