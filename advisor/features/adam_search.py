"""Which of Adam's hyperparameters a study varies, and over how many trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.features.feature import feature, quantity
from advisor.model.study import Study

_OPTIMIZERS = ("adam", "lamb", "adan")
_ADAM_ALONE = ("beta1", "beta2")
_PARTS: Mapping[str, str] = {
    "learning_rate": "learning_rate",
    "beta1": "beta1",
    "one_minus_beta1": "beta1",
    "epsilon": "epsilon",
    "beta2": "beta2",
    "one_minus_beta2": "beta2",
}


@dataclass(frozen=True, slots=True)
class AdamSearch:
    """Names are as logged; none where it does not vary, or is not logged."""

    adam: bool = quantity("", "whether every trial has an optimizer of Adam's kind")
    optimizer: str = quantity("", "the optimizer, as logged")
    trials: int = quantity("configurations", "different ones, infeasible ones included")
    others: int = quantity("hyperparameters", "that vary and are not Adam's")
    learning_rate: str | None = quantity("", "the learning rate, if it varies")
    beta1: str | None = quantity("", "beta1 or 1 - beta1, if it varies")
    epsilon: str | None = quantity("", "epsilon, if it varies")
    beta2: str | None = quantity("", "beta2 or 1 - beta2, if it varies")
    varied: tuple[str, ...] = quantity("", "those of Adam's that vary")
    varied_count: int = quantity("hyperparameters", "of these")
    beyond: tuple[str, ...] = quantity("", "those of them that want more trials")
    beyond_count: int = quantity("hyperparameters", "of these")
    left: int = quantity("configurations", "less what the other hyperparameters take")
    served: str = quantity("", "what so many trials serve, in words")
    idle: tuple[str, ...] = quantity("", "that do not vary and that these serve")
    idle_count: int = quantity("hyperparameters", "of these")
    fixed_beta1: str | None = quantity("", "beta1, if it is logged and does not vary")
    fixed_epsilon: str | None = quantity("", "epsilon, if it is and does not")


@feature()
def adam_search(
    study: Study,
    *,
    from_beta1: int = 10,
    from_epsilon: int = 25,
    from_beta2: int = 50,
    per_other: int = 5,
) -> AdamSearch:
    """Adam's four hyperparameters, and how many configurations they share.

    Each is served from a number of trials on. Those that are not Adam's take
    `per_other` each. Without a word on the optimizer, a beta1 or beta2 that varies
    tells it.
    """
    wanted = {"beta1": from_beta1, "epsilon": from_epsilon, "beta2": from_beta2}
    varied: dict[str, str] = {}
    fixed: dict[str, str] = {}
    for each in study.search_space:
        part = _PARTS.get(each.alias or each.name)
        if part is not None and each.ordered:
            (varied if each.varies else fixed)[part] = each.name
    names = _optimizers(study)
    known = all(any(word in name for word in _OPTIMIZERS) for name in names)
    trials = len({_key(study, i) for i in range(len(study.trials))})
    others = len(study.search_space.varied) - len(varied)
    left = trials - per_other * others
    beyond = tuple(
        varied[part] for part in wanted if part in varied and trials < wanted[part]
    )
    idle = tuple(part for part in wanted if part not in varied and left >= wanted[part])
    served = ["learning rate", *(part for part in wanted if trials >= wanted[part])]
    return AdamSearch(
        adam=known if names else any(part in varied for part in _ADAM_ALONE),
        optimizer=", ".join(names) or "Adam",
        trials=trials,
        others=others,
        learning_rate=varied.get("learning_rate"),
        beta1=varied.get("beta1"),
        epsilon=varied.get("epsilon"),
        beta2=varied.get("beta2"),
        varied=tuple(varied.values()),
        varied_count=len(varied),
        beyond=beyond,
        beyond_count=len(beyond),
        left=left,
        served=", ".join(served),
        idle=idle,
        idle_count=len(idle),
        fixed_beta1=fixed.get("beta1"),
        fixed_epsilon=fixed.get("epsilon"),
    )


def _optimizers(study: Study) -> tuple[str, ...]:
    """The optimizers of the trials in lower case; none where no log tells."""
    axis = study.search_space.find("optimizer")
    if axis is None:
        return ()
    tried = [trial.hyperparameters.get(axis.name) for trial in study.trials]
    values = {value for value in (*tried, *axis.choices) if value is not None}
    return tuple(sorted(str(value).lower() for value in values))


def _key(study: Study, index: int) -> tuple[object, ...]:
    values = study.trials[index].hyperparameters
    return tuple(values.get(each.name) for each in study.search_space.varied)
