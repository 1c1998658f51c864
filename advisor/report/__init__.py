"""Renders an evaluation, one output a file; nothing is concluded here."""
