"""How trackers and tuners say that a trial ended."""

from __future__ import annotations

from advisor.model.log import State

_WORDS: dict[State, str] = {
    "finished": "finished complete completed done success succeeded ok ended",
    "crashed": "crashed crash",
    "failed": "failed fail failure error errored diverged nan infeasible oom",
    "killed": "killed pruned stopped terminated preempted cancelled canceled",
    "running": "running waiting pending incomplete started queued paused",
}
_STATES = {word: state for state, text in _WORDS.items() for word in text.split()}
FLAGS = frozenset({"diverged", "crashed", "failed", "infeasible", "oom", "pruned"})
"""Columns of true and false that name a state themselves."""

_TRUE = frozenset({"true", "1", "1.0", "yes"})


def state_of(text: str) -> State | None:
    """`TrialState.PRUNED`, `crashed`, `DIVERGED` … as one of the model's states."""
    return _STATES.get(text.strip().lower().rpartition(".")[2])


def flagged_state(flag: str, text: str) -> State | None:
    """The state that a column such as `diverged` means by `text`."""
    return state_of(flag) if text.strip().lower() in _TRUE else None
