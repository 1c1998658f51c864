"""How often a confirmation is wrong, and what it finds, by simulated seeds."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from advisor.confirm.verdict import ALPHA, decide
from advisor.model.confirmation import ConfirmationVerdict, Level
from tests.confirm.arms import LOOKS, arm, experiment

NULLS, TRUES = 3000, 200
EFFECTS = (0.5, 1.0, 1.5, 2.0, 3.0)  # in standard deviations between seeds
SHARES = (0.6, 0.75, 0.9, 1.0)  # of the seeds that show the finding
LEAST_CONFIRMED = 0.90  # of findings that all seeds show, with a remedy of EASY
EASY = 3.0
_ALLOWED = 3.3  # standard errors of the simulation above the rate

BY_EFFECT: Mapping[str, Any] = {"returns": "always", "measure": "objective"}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "shown again, measure smaller": {"predicts": "smaller"},
    "the same, objective kept": {"predicts": "smaller", "keeps_objective": True},
    "breaks again, gone with the remedy": {"predicts": "gone", "returns": "infeasible"},
    "shown again, nothing predicted": {"predicts": None},
    "effect alone, error smaller": {"predicts": "smaller", **BY_EFFECT},
    "effect alone, error the same": {"predicts": "same", **BY_EFFECT},
    "effect alone, fewer events": {
        "predicts": "smaller",
        "returns": "always",
        "margin": 0.5,
    },
}
EVENTS = "effect alone, fewer events"
NULL: Sequence[tuple[str, Sequence[str], Mapping[str, float]]] = (
    (
        "in half of the seeds, every remedy works",
        tuple(KINDS)[:4],
        {"share": 0.5, "effect": 4.0, "left": 0.0},
    ),
    ("in no seed, every remedy works", tuple(KINDS)[:1], {"share": 0.0, "effect": 4.0}),
    (
        "in all seeds, no remedy works",
        tuple(KINDS)[:3],
        {"share": 1.0, "effect": 0.0, "left": 0.5},
    ),
    ("no effect", tuple(KINDS)[4:5], {"share": 0.0, "effect": 0.0}),
    *(
        (
            f"one spread worse, correlation {paired:g}",
            tuple(KINDS)[5:6],
            {"share": 0.0, "effect": -1.0, "paired": paired},
        )
        for paired in (0.0, 0.5, 0.9)
    ),
    (
        "in half of the seeds that can tell, a third cannot",
        tuple(KINDS)[3:4],
        {"share": 0.5, "effect": 0.0, "silent": 1 / 3},
    ),
    ("as many rare events", tuple(KINDS)[6:], {"share": 0.5, "effect": 0.0}),
)


def verdicts(
    kind: str,
    runs: int,
    *,
    share: float,
    effect: float,
    left: float = 0.0,
    arms: int = 3,
    tails: bool = False,
    paired: float = 0.5,
    silent: float = 0.0,
) -> Counter[ConfirmationVerdict]:
    """Verdicts of `runs` experiments.

    `share` of the seeds show the finding, and `left` of them still do with a remedy,
    which makes the measure smaller by `effect` standard deviations between seeds.
    `paired` is the correlation between arms of one seed, and `silent` the share of
    seeds whose rule cannot tell. Rare events are counts: one a seed on the average, or
    fewer by `effect`, with `tails` of which a few seeds have many.
    """
    rng = np.random.default_rng([abs(hash_of(kind)), runs, int(tails)])
    found: Counter[ConfirmationVerdict] = Counter()
    wanted = experiment(**KINDS[kind])
    for _ in range(runs):
        fires = rng.random((1 + arms, LOOKS[-1])) < left
        fires[0] = rng.random(LOOKS[-1]) < share
        size = (2 + arms, LOOKS[-1])
        # Heavy tails of the same standard deviation as the normal ones.
        heavy = rng.standard_t(3, size) / np.sqrt(3.0)
        noise = heavy if tails else rng.standard_normal(size)
        values = np.sqrt(paired) * noise[0] + np.sqrt(1 - paired) * noise[1:]
        values[1:] -= effect
        if kind == EVENTS:
            values = _counts(rng, values.shape, effect, tails)
        told = rng.random(fires.shape) >= silent
        found[_one(wanted, fires, told, values)] += 1
    return found


def hash_of(text: str) -> int:
    """The same in every process, unlike `hash`."""
    return int.from_bytes(text.encode()[:8].ljust(8, b" "), "little")


def _counts(rng: Any, shape: tuple[int, int], effect: float, tails: bool) -> Any:
    rates = rng.gamma(0.5, 2.0, shape) if tails else np.ones(shape)
    rates[1:] *= max(1.0 - effect, 0.0)
    return rng.poisson(rates).astype(float)


def _one(wanted: Any, fires: Any, told: Any, values: Any) -> ConfirmationVerdict:
    for look in LOOKS:
        trained = [
            arm(
                [
                    bool(each) if known else None
                    for each, known in zip(fires[i][:look], told[i], strict=False)
                ],
                [float(each) for each in values[i][:look]],
                [float(each) for each in values[i][:look]],
                name=str(i),
            )
            for i in range(len(values))
        ]
        decision = decide(wanted, trained[0], trained[1:], LOOKS, Level.SAME_PIPELINE)
        if decision.settled:
            break
    return decision.verdict


def wrong_confirmations() -> bool:
    """Findings that are not there, or whose advice does nothing."""
    limit = ALPHA + _ALLOWED * float(np.sqrt(ALPHA * (1 - ALPHA) / NULLS))
    title = f"null finding: wrongly confirmed of {NULLS:,}"
    print(f"{title:78}{'normal':>8}{'t(3)':>8}")
    worst = 0.0
    for title, kinds, options in NULL:
        for kind in kinds:
            shares = [
                verdicts(kind, NULLS, tails=tails, **options)[  # type: ignore[arg-type]
                    ConfirmationVerdict.CONFIRMED
                ]
                / NULLS
                for tails in (False, True)
            ]
            worst = max(worst, *shares)
            print(f"{f'{kind}; {title}':78}" + "".join(f"{x:8.1%}" for x in shares))
    print(f"most {worst:.1%}; allowed {ALPHA:.0%}, in this simulation {limit:.1%}\n")
    return worst <= limit


def power() -> bool:
    """True findings by the size of the remedy's effect: confirmed / refuted."""
    print(f"{'true finding: confirmed (refuted), one remedy':52}", end="")
    print("".join(f"{f'{effect:g} sd':>12}" for effect in EFFECTS))
    easy = []
    for kind in KINDS:
        if KINDS[kind]["predicts"] in ("gone", None, "same") or kind == EVENTS:
            continue
        cells = [
            verdicts(kind, TRUES, share=1.0, effect=effect, arms=1)
            for effect in EFFECTS
        ]
        print(f"{kind:52}" + "".join(f"{_cell(each):>12}" for each in cells))
        easy.append(cells[EFFECTS.index(EASY)][ConfirmationVerdict.CONFIRMED] / TRUES)
    print(f"\n{'by the share of seeds that show it':52}", end="")
    print("".join(f"{share:>12.0%}" for share in SHARES))
    for kind in tuple(KINDS)[:4]:
        cells = [verdicts(kind, TRUES, share=share, effect=EASY) for share in SHARES]
        print(f"{kind:52}" + "".join(f"{_cell(each):>12}" for each in cells))
        easy.append(cells[-1][ConfirmationVerdict.CONFIRMED] / TRUES)
    print(f"\n{'by the correlation between arms of one seed':52}", end="")
    print("".join(f"{paired:>12.2f}" for paired in (0.0, 0.5, 0.9, 0.99)))
    kind = tuple(KINDS)[5]
    cells = [
        verdicts(kind, TRUES, share=0.0, effect=0.0, arms=1, paired=paired)
        for paired in (0.0, 0.5, 0.9, 0.99)
    ]
    print(f"{kind:52}" + "".join(f"{_cell(each):>12}" for each in cells))
    cells = [verdicts(EVENTS, TRUES, share=0.0, effect=1.0, tails=t) for t in (0, 1)]
    print(f"{f'{EVENTS}, all of one a seed gone; few seeds have many':70}", end="")
    print("".join(f"{_cell(each):>12}" for each in cells))
    print(
        f"\neasy ones: at least {min(easy):.0%} confirmed; wanted {LEAST_CONFIRMED:.0%}"
    )
    return min(easy) >= LEAST_CONFIRMED


def _cell(found: Counter[ConfirmationVerdict]) -> str:
    total = sum(found.values())
    confirmed = found[ConfirmationVerdict.CONFIRMED] / total
    refuted = found[ConfirmationVerdict.REFUTED] / total
    return f"{confirmed:.0%} ({refuted:.0%})"


def main() -> int:
    """Prints the tables; 1 if a goal was missed."""
    good = all([wrong_confirmations(), power()])
    print(f"confirm_error_rates: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
