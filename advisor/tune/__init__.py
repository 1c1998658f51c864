"""The whole loop: a round is trained, checked, and followed by the next."""
