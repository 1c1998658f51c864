"""Imports every module that parses something, so that all of them are instrumented.

The package imports most of its modules when they are needed, long after the fuzzer has
started: without this it would see nothing of the parsers and try bytes blindly.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import advisor.engine
import advisor.features
import advisor.interpret
import advisor.loaders
import advisor.model

PACKAGES = (
    *(advisor.model, advisor.loaders, advisor.interpret),
    *(advisor.engine, advisor.features),
)


def import_parsers() -> tuple[ModuleType, ...]:
    """Every module of these packages."""
    return tuple(
        importlib.import_module(found.name)
        for package in PACKAGES
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    )
