"""What a user of the trainer can do wrong."""

from __future__ import annotations

from advisor.errors import AdvisorError


class TrainerError(AdvisorError):
    """A trial that cannot be trained as asked."""
