"""The user's own pipeline, as advisor.yaml names it; never as the logs name it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from advisor.confirm.pipelines.builder import BuilderPipeline
from advisor.confirm.pipelines.command import CommandPipeline
from advisor.confirm.pipelines.pipeline import Pipeline
from advisor.errors import AdvisorError
from advisor.interpret.configuration import Configuration


def own_pipeline(
    configuration: Configuration, roots: Sequence[Path]
) -> Pipeline | None:
    """The command or model that `confirm:` names; None if it names nothing.

    Raises:
        AdvisorError: the configuration lies among the logs, so that whoever wrote the
            logs could have something executed.
    """
    settings = configuration.confirm
    if not settings.command and settings.model is None:
        return None
    path = configuration.path
    assert path is not None
    folder = path.resolve().parent
    if not configuration.explicit and any(_holds(root, folder) for root in roots):
        raise AdvisorError(
            f"{path}: expected `confirm` in a configuration outside of the logs, found "
            f"it among them; pass --config {path} if you trust it"
        )
    if settings.command:
        return CommandPipeline(settings.command, folder, settings.timeout)
    assert settings.model is not None
    assert settings.data is not None
    return BuilderPipeline(settings.model, settings.data, folder)


def _holds(root: Path, folder: Path) -> bool:
    whole = root.resolve()
    return whole == folder or whole in folder.parents
