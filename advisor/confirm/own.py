"""The user's own pipeline, as advisor.yaml names it; never as the logs name it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from advisor.confirm.pipelines.builder import BuilderPipeline
from advisor.confirm.pipelines.command import CommandPipeline
from advisor.confirm.pipelines.pipeline import Pipeline
from advisor.confirm.pipelines.sources import contents_of
from advisor.errors import AdvisorError
from advisor.interpret.configuration import Configuration


def own_pipeline(
    configuration: Configuration, roots: Sequence[Path]
) -> Pipeline | None:
    """The command or model that `confirm:` names; None if it names nothing.

    Raises:
        AdvisorError: the configuration came with the logs, so that whoever wrote them
            could have something executed.
    """
    settings = configuration.confirm
    if not settings.command and settings.model is None:
        return None
    path = configuration.path
    assert path is not None
    folder = path.resolve().parent
    if not configuration.explicit and not _trusted(folder, roots):
        raise AdvisorError(
            f"{path}: expected `confirm` in a configuration of the folder where you "
            "work or above, and outside of the logs, because it says what to execute; "
            f"pass --config {path} if you trust it"
        )
    if settings.command:
        contents = contents_of(settings.command, folder)
        return CommandPipeline(settings.command, folder, settings.timeout, contents)
    assert settings.model is not None
    assert settings.data is not None
    places = [settings.model, settings.data]
    modules = [f"{place.partition(':')[0].replace('.', '/')}.py" for place in places]
    contents = contents_of([*modules, settings.data], folder)
    return BuilderPipeline(settings.model, settings.data, folder, contents)


def _trusted(folder: Path, roots: Sequence[Path]) -> bool:
    """Where the user stands, and not among what is read."""
    here = Path.cwd().resolve()
    among = any(_holds(root.resolve(), folder) for root in roots)
    return _holds(folder, here) and not among


def _holds(whole: Path, part: Path) -> bool:
    return whole == part or whole in part.parents
