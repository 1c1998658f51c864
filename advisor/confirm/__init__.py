"""Findings put to the test: trained again, beside the advice, over seeds."""
