"""The entries of one configuration file: flat, plain, and only what concerns a trial.

Nested entries get dotted keys. A list is one value, written as JSON text (`[64, 64]`),
because layer sizes and the like are chosen together; but two to four numbers of which
one has a fraction are magnitudes that are tuned each for itself (`betas: [0.9, 0.999]`)
and become `betas.0` and `betas.1`. Longer lists than `MAX_LIST` are data and left out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from advisor.model.log import Value
from advisor.safe_yaml import MAX_DEPTH

MAX_LIST = 32

_ALGOPERF_FLAGS = frozenset(
    {"workload", "framework", "tuning_ruleset", "max_global_steps", "rng_seed"}
)
_ABSL_FLAG = re.compile(
    r"\?|v|verbosity|help(short|full|xml)?|(also)?logtostderr|log_dir|logger_levels"
    r"|stderrthreshold|showprefixforinfo|xml_output_file|only_check_args|profile_file"
    r"|pdb|(run_with|pdb_post|use_cprofile|op_conversion|runtime_oom|hbm_oom|test|tt"
    r"|chex|tfds|tfhub|delta)_.*"
)


_SCIENTIFIC = re.compile(r"[+-]?\d{1,3}(\.\d+)?[eE][+-]?\d{1,2}")


def unwrap_wandb(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """W&B's config.yaml: every key holds {desc, value}."""
    own = {key: data[key] for key in data if key not in ("_wandb", "wandb_version")}
    if own and all(
        isinstance(each, dict) and "value" in each and each.keys() <= {"desc", "value"}
        for each in own.values()
    ):
        return {key: each["value"] for key, each in own.items()}
    return own


def select(path: Path, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`data` without what concerns the machine or the flag library."""
    if path.stem.startswith("flags"):
        if "tuning_ruleset" in data:
            return {key: data[key] for key in data if key in _ALGOPERF_FLAGS}
        return {key: data[key] for key in data if not _ABSL_FLAG.fullmatch(key)}
    if path.stem == "meta_data_0":
        return {
            key: value
            for key, value in data.items()
            if (key.startswith("workload.") or key == "rng_seed")
            and not isinstance(value, list | dict)
        }
    return data


def flatten(
    data: Mapping[str, Any], prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, Value]]:
    """All leaves of `data` under dotted keys."""
    for key, value in data.items():
        name = f"{prefix}{key}"
        if isinstance(value, list):
            value = _of_list(value)
        if isinstance(value, dict):
            if depth < MAX_DEPTH:
                yield from flatten(value, f"{name}.", depth + 1)
        elif not isinstance(value, list):
            yield name, plain_value(value)


def _of_list(items: list[Any]) -> Any:
    """A text for what is one choice, a mapping by index for what is several."""
    if len(items) > MAX_LIST:
        return items
    numbers = [each for each in items if isinstance(each, int | float)]
    fractions = any(isinstance(each, float) for each in numbers)
    separate = len(numbers) == len(items) and fractions and 2 <= len(items) <= 4
    if separate or any(isinstance(each, dict) for each in items):
        return {str(index): each for index, each in enumerate(items)}
    try:
        return json.dumps(items, ensure_ascii=False)
    except (RecursionError, ValueError):
        return items


def plain_value(value: Any) -> Value:
    """One setting; nothing for what is no plain value.

    `1e-8` is a number: PyYAML, and what logs settings that it read, take it for a text.
    """
    if isinstance(value, str) and _SCIENTIFIC.fullmatch(value):
        return float(value)
    if isinstance(value, float) and math.isnan(value):
        return None  # a setting that is not a number was not set
    if isinstance(value, bool) or not isinstance(value, int):
        return value if isinstance(value, float | str | bool) else None
    if abs(value) < 1 << 63:
        return value
    return float(value) if abs(value) < 1 << 1023 else str(value)[:80]
