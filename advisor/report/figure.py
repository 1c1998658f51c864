"""An image that was drawn for a report."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """Where the image lies, and what it shows in words."""

    study: str
    path: str  # relative to the report, with forward slashes
    description: str  # for readers who do not see the image
    caption: str = ""  # finished Markdown
    content: bytes = field(default=b"", repr=False)
