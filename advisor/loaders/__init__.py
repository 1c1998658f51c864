"""Log formats, one a file: each yields what it finds, before names have a meaning."""
