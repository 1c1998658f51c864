"""A training problem: examples, model, healthy settings and their result."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from advisor.trainer import workloads
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data
from advisor.trainer.errors import TrainerError


@dataclass(frozen=True, slots=True)
class Workload:
    """Each file of this package holds one as WORKLOAD; examples are made by numpy."""

    name: str
    model: str  # module of advisor.trainer.models
    task: Literal["classification", "regression"]
    inputs: tuple[int, ...]  # shape of one example
    outputs: int  # classes, or numbers to predict
    make: Callable[[], Data]
    healthy: TrialConfiguration
    expected: float  # the healthy trial's best validation error is at most this
    untrained: float  # error of a model that knows nothing

    def examples(self, configuration: TrialConfiguration) -> Data:
        """Those that the configuration asks for."""
        return _made(self).limited(configuration)


@lru_cache(maxsize=8)
def _made(workload: Workload) -> Data:
    return workload.make()


def workload_names() -> tuple[str, ...]:
    """Every bundled workload."""
    found = (each.name for each in pkgutil.iter_modules(workloads.__path__))
    return tuple(sorted(name for name in found if name not in ("workload", "shapes")))


def find_workload(name: str) -> Workload:
    """The bundled workload of that name.

    Raises:
        TrainerError: there is none.
    """
    if name not in workload_names():
        raise TrainerError(
            f"no workload is called `{name}`; there are {', '.join(workload_names())}"
        )
    module = importlib.import_module(f"advisor.trainer.workloads.{name}")
    return cast(Workload, module.WORKLOAD)
