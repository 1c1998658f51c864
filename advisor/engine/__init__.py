"""Evaluates declarative rules and keeps the trace."""
