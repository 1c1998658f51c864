"""The confirming experiment of a rule: what to train again, beside what, and why.

    confirm:
      reproduce: {trial: "{trial.name}"}       # the flagged configuration, new seeds
      counterfactual:                          # the same with the advice applied
        - {set: {dropout: 0.2}}
        - {multiply: {learning_rate: 0.1}, when: "rate.largest > 0"}
      measure: error.undone                    # of every new trial; or `objective`
      returns: rule                            # the finding came back if the rule fires
      predicts: smaller                        # what the advice does to the measure
      keeps_objective: true                    # and does not pay for it with the error
      confirmed_if: words for people

Names of settings are those of the trainer; a setting of the study is meant by its own
name. Every text is a template and is filled from the evidence of the finding.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

Prediction: TypeAlias = Literal["smaller", "larger", "same", "gone"]
Returns: TypeAlias = Literal["rule", "infeasible", "always"]


class _Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    pass


class ReproducePart(_Part):
    """The trial, or the trials, whose configuration is trained again."""

    trial: str = ""
    trials: str | list[str] = ""  # a look-up that gives names; they take turns
    set: dict[str, Any] = {}
    multiply: dict[str, Any] = {}


class CounterfactualPart(_Part):
    """One arm: what is changed against the reproduction."""

    set: dict[str, Any] = {}
    multiply: dict[str, Any] = {}
    trial: str = ""  # another trial's configuration instead
    when: str | None = None


class ConfirmPart(_Part):
    """The experiment, or with `none` the reason why there is none."""

    none: str = ""
    reproduce: ReproducePart | None = None
    counterfactual: list[CounterfactualPart] = []
    seeds: int | str = 6  # of the first look, or a template
    measure: str = "objective"
    returns: Returns = "rule"  # always: only the effect of the advice decides
    at_least: Any = None  # the finding came back where the measure is no smaller
    predicts: Prediction | None = None  # None: the arms are for information
    every: bool = False  # all arms have to do as predicted; else one is enough
    margin: float = 1.0  # the least effect, or the most that is `same`: in standard
    # deviations between seeds
    keeps_objective: bool = False
    analogue: str = ""  # bundled workload, where the trial itself cannot be trained
    confirmed_if: str = ""
