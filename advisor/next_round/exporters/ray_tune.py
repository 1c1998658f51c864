"""Ray Tune: a Python module with the search space and the points to start from."""

from __future__ import annotations

from advisor.model.next_round import NextRound
from advisor.model.search_space import Hyperparameter

NAME = "ray-tune"
SUFFIX = "ray.py"
TAKES = "`param_space` and `points_to_evaluate` for a Tuner; no regions, no conditions"

_HEAD = '''"""The next round, for Ray Tune:

    search = BasicVariantGenerator(points_to_evaluate=points_to_evaluate)
    config = tune.TuneConfig(
        search_alg=search, num_samples=num_samples, metric=metric, mode=mode
    )
    tune.Tuner(train, param_space=param_space, tune_config=config).fit()
"""

from ray import tune

'''


def export(next_round: NextRound) -> str:
    """Literals and calls of `tune` only; names and values are quoted as Python does."""
    space = {
        each.name: _domain(each.space)
        for each in next_round.searched
        if each.space is not None
    }
    space |= {each.name: repr(each.value) for each in next_round.newly_fixed}
    objective = next_round.objective
    mode = objective.goal.value[:3] if objective is not None else "min"
    metric = objective.metric if objective is not None else None
    lines = [
        f"metric = {metric!r}",
        f"mode = {mode!r}",
        f"num_samples = {next_round.trials!r}",
        "param_space = {",
        *(f"    {name!r}: {domain}," for name, domain in space.items()),
        "}",
        "points_to_evaluate = [",
        *(f"    {dict(point)!r}," for point in next_round.points),
        "]",
    ]
    return _HEAD + "\n".join(lines) + "\n"


def _domain(space: Hyperparameter) -> str:
    if space.choices:
        return f"tune.choice({list(space.choices)!r})"
    lower, upper = space.bounds
    log = "log" if space.scale == "log" else ""
    if space.kind == "integer":  # the upper end of Ray's whole numbers is exclusive
        return f"tune.{log}randint({int(lower)!r}, {int(upper) + 1!r})"
    return f"tune.{log}uniform({float(lower)!r}, {float(upper)!r})"
