"""The words of the field as small frozen values: valid from birth, no I/O."""
