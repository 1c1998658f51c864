"""What files gave when they were read, kept for the next time."""
