"""What the name of a metric says: split, quantity, direction, statistic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from advisor.interpret.metric_words import (
    COSTS,
    COUNTERS,
    EXAMPLES,
    GLOBAL_NORM,
    GRADIENT,
    LEARNING_RATE,
    LOSS_WORDS,
    NORM,
    QUALITY_WORDS,
    RATE_UNITS,
    REWARD_WORDS,
    SECONDS,
    SPLITS,
    STATISTICS,
    STRUCTURE,
    VAGUE,
    VOCABULARY,
    WHOLE_NAMES,
    Kind,
    Split,
)
from advisor.interpret.words import words
from advisor.model.study import Goal


@dataclass(frozen=True, slots=True)
class Metric:
    """A tag, read word by word."""

    tag: str
    words: tuple[str, ...]
    kind: Kind
    quantity: str  # e.g. loss, accuracy; empty where unknown
    goal: Goal | None = None  # None: the name does not say
    split: Split | None = None
    qualifiers: frozenset[str] = frozenset()  # e.g. box of train/box_loss
    statistics: frozenset[str] = frozenset()

    @property
    def measure(self) -> tuple[str, frozenset[str]]:
        """The same for a metric's training and validation versions."""
        return self.quantity, self.qualifiers

    @property
    def is_measurement(self) -> bool:
        """Whether it tells how well training went."""
        return self.kind in ("loss", "quality", "reward")

    @property
    def spread(self) -> bool:
        """Whether it is the spread of a quantity, not the quantity."""
        return "std" in self.statistics


@lru_cache(maxsize=65_536)
def read_metric(tag: str) -> Metric:
    """What the name `tag` says."""
    if tag in WHOLE_NAMES:
        kind, quantity, goal, split = WHOLE_NAMES[tag]
        return Metric(tag, (tag,), kind, quantity, goal, split)
    found = words(tag, VOCABULARY)
    kind, quantity, goal = _quantity(found)
    own = set(found) - set(SPLITS) - STATISTICS - STRUCTURE
    if "idx" in found:  # Lightning's val_loss/dataloader_idx_0
        own.discard("0")
    return Metric(
        tag=tag,
        words=found,
        kind=kind,
        quantity=quantity,
        goal=goal,
        split=_split(found, kind),
        qualifiers=frozenset(
            word for word in own if _canonical(word) != quantity and word not in VAGUE
        ),
        statistics=frozenset(found) & (STATISTICS | {"epoch", "step", "vs", "batch"}),
    )


def _split(found: tuple[str, ...], kind: Kind) -> Split | None:
    """The last word that names a split: `training/val_loss` is of validation."""
    splits = [SPLITS[word] for word in found if word in SPLITS]
    if splits:
        return splits[-1]
    # Ultralytics evaluates what it calls metrics/… on the validation set.
    if kind == "quality" and found[:1] == ("metrics",):
        return "validation"
    return None


def _quantity(found: tuple[str, ...]) -> tuple[Kind, str, Goal | None]:
    present = frozenset(found)
    if special := _special(found, present):
        return special
    if present & COSTS:
        return "cost", "", None
    # A loss of something is a loss: loss_iou, value_loss, reward_loss.
    for word in reversed(found):
        if word in ("loss", "losses"):
            return "loss", "loss", Goal.MINIMIZE
    telling = [word for word in reversed(found) if word not in VAGUE] or found
    for word in telling:
        if word in QUALITY_WORDS:
            quantity, goal = QUALITY_WORDS[word]
            return "quality", quantity, goal
        if word in REWARD_WORDS:
            return "reward", "reward", Goal.MAXIMIZE
        if word in LOSS_WORDS:
            goal = Goal.MAXIMIZE if word == "elbo" else Goal.MINIMIZE
            return "loss", LOSS_WORDS[word], goal
    if {"log", "likelihood"} <= present:
        return "loss", "likelihood", Goal.MAXIMIZE
    own = present - set(SPLITS) - STATISTICS
    if not own or own & COUNTERS or all(word.isdigit() for word in own):
        return "cost", "", None
    return "unknown", "", None


def _special(
    found: tuple[str, ...], present: frozenset[str]
) -> tuple[Kind, str, Goal | None] | None:
    """Signals that are no measurement of success."""
    if any(names <= present for names in LEARNING_RATE) and "momentum" not in present:
        return "learning rate", "learning rate", None
    gradient = present & GRADIENT and present & (NORM | {"l2"})
    if gradient or found[-2:] == ("global", "norm"):
        return "gradient norm", "gradient norm", None
    per_second = bool(present & SECONDS) and ("per" in present or "/" in found)
    if "throughput" in present or "fps" in present:
        return "throughput", "examples", None
    if present & RATE_UNITS and (per_second or present & {"sec", "s"}):
        unit = "examples" if present & EXAMPLES else "tokens or steps"
        return "throughput", unit, None
    return None


def is_whole_gradient(metric: Metric) -> bool:
    """Whether a gradient norm is of the whole gradient, before any clipping."""
    return metric.qualifiers <= GRADIENT | NORM | GLOBAL_NORM


def _canonical(word: str) -> str:
    if word in QUALITY_WORDS:
        return QUALITY_WORDS[word][0]
    if word in REWARD_WORDS:
        return "reward"
    return LOSS_WORDS.get(word, word)
