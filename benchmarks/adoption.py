"""Verdicts of `advisor compare`: how often no gain is adopted, and a gain is found."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.gate.comparison import AdoptionVerdict, compare
from benchmarks.adoption_pairs import NOISES, Noisy, Pair, Repeats, Tuned, looks

PAIRS = 500
MOST_ADOPTED = 0.05
LEAST_FOUND = 0.8  # of gains of three standard deviations with five repeats
LEAST_DECIDED = 0.8  # by the repeats that were asked for
ADOPT, REFUSE, REPEAT = (
    AdoptionVerdict.ADOPT,
    AdoptionVerdict.REFUSE,
    AdoptionVerdict.REPEAT,
)
Make = Callable[[np.random.Generator], tuple[Pair, Pair]]


def verdicts(make: Make, rules: tuple[Rule, ...]) -> list[list[AdoptionVerdict]]:
    """Of every look at every pair."""
    found = []
    for seed in range(PAIRS):
        candidate, incumbent = make(np.random.default_rng(seed))
        made = looks(candidate, incumbent, rules)
        found.append([each.verdict for each in made])
    return found


def repeated() -> Iterator[tuple[str, Make]]:
    """Two configurations that are equal, trained so often."""
    for noise in NOISES:
        for c, i in ((1, 1), (1, 5), (2, 2), (3, 3), (5, 5), (3, 10), (10, 3)):

            def make(
                rng: np.random.Generator, noise: str = noise, c: int = c, i: int = i
            ) -> tuple[Pair, Pair]:
                return Repeats(rng, noise, c), Repeats(rng, noise, i)

            yield f"{c} against {i}, {noise}", make
    for factor in (1 / 3, 3):
        for c, i in ((2, 2), (5, 5), (3, 10), (10, 3)):

            def uneven(
                rng: np.random.Generator, f: float = factor, c: int = c, i: int = i
            ) -> tuple[Pair, Pair]:
                return Repeats(rng, "normal", c, std=0.01 * f), Repeats(
                    rng, "normal", i
                )

            yield f"{c} against {i}, deviation times {factor:.2f}", uneven


def tuned() -> Iterator[tuple[str, Make]]:
    """Two searches of one space, the best of each trained again."""
    for noise in ("normal", "heavy tails (t, 3)"):
        for c, i in ((3, 3), (10, 10), (20, 20), (40, 10), (10, 40), (40, 4)):
            for again in (0, 4):

                def make(
                    rng: np.random.Generator,
                    noise: str = noise,
                    c: int = c,
                    i: int = i,
                    again: int = again,
                ) -> tuple[Pair, Pair]:
                    return Tuned(rng, noise, c, again), Tuned(rng, noise, i, again)

                yield f"{c} tuned against {i}, {again} repeats, {noise}", make
    yield (
        "30 tuned against 5 repeats of an equal one",
        lambda rng: (Tuned(rng, "normal", 30, 4, slope=0), Repeats(rng, "normal", 5)),
    )
    yield (
        "20 tuned over a third of the range against 20",
        lambda rng: (
            Tuned(rng, "normal", 20, 4, width=0.33),
            Tuned(rng, "normal", 20, 4),
        ),
    )


def false_adoptions(rules: tuple[Rule, ...]) -> bool:
    """No gain, and adopted at any of three looks."""
    print(
        f"adopted without a gain, of {PAIRS} pairs each, at the first and by the third"
    )
    shares = []
    for cases in (repeated(), tuned()):
        for label, make in cases:
            found = verdicts(make, rules)
            first = sum(each[0] is ADOPT for each in found) / PAIRS
            shares.append(sum(each[-1] is ADOPT for each in found) / PAIRS)
            print(f"  {first:6.1%} {shares[-1]:6.1%}  {label}", flush=True)
    # The largest of so many shares lies above 5% by chance even if all are 5%.
    room = MOST_ADOPTED + 3.5 * (MOST_ADOPTED * (1 - MOST_ADOPTED) / PAIRS) ** 0.5
    print(f"  {np.mean(shares):6.1%} on average, {max(shares):.1%} at most")
    return float(np.mean(shares)) <= MOST_ADOPTED and max(shares) <= room


def detection(rules: tuple[Rule, ...]) -> bool:
    """Gains of so many standard deviations, by the repeats of each."""
    print("\ngain  repeats  first look: adopt  repeat  refuse   third look: adopt")
    goals = []
    for effect in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0):
        for count in (2, 3, 5, 10):
            found = verdicts(
                lambda rng, e=effect, n=count: (  # type: ignore[misc]
                    Repeats(rng, "normal", n, mean=0.5 - 0.01 * e),
                    Repeats(rng, "normal", n),
                ),
                rules,
            )
            first = Counter(each[0] for each in found)
            last = sum(each[-1] is ADOPT for each in found) / PAIRS
            print(
                f"{effect:4.1f}  {count:7d}  {first[ADOPT] / PAIRS:17.0%}"
                f" {first[REPEAT] / PAIRS:7.0%} {first[REFUSE] / PAIRS:7.0%}"
                f" {last:19.0%}",
                flush=True,
            )
            if effect >= 3 and count >= 5:
                goals.append(first[ADOPT] / PAIRS >= LEAST_FOUND)
    return all(goals)


def searched(rules: tuple[Rule, ...]) -> None:
    """Gains of the whole recipe, in units of how far results are spread."""
    print("\ngain over the spread of results  tuned  adopt by the third look")
    many = Tuned(np.random.default_rng(0), "normal", 1000, 0)
    spread = float(np.std(many.results))
    for offset in (0.0, 0.02, 0.05, 0.1, 0.2):
        for count in (5, 10, 20, 40):
            found = verdicts(
                lambda rng, o=offset, n=count: (  # type: ignore[misc]
                    Tuned(rng, "normal", n, 4, offset=o),
                    Tuned(rng, "normal", n, 4),
                ),
                rules,
            )
            share = sum(each[-1] is ADOPT for each in found) / PAIRS
            spread = float(
                np.std(Tuned(np.random.default_rng(0), "normal", 1000, 0).results)
            )
            print(f"{offset / spread:31.1f} {count:6d} {share:23.0%}", flush=True)


def deciding(rules: tuple[Rule, ...]) -> bool:
    """Whether the repeats that were asked for decide."""
    print("\ngain  asked  decided by them  adopted")
    goals = []
    for effect in (0.0, 1.0, 2.0):
        found = verdicts(
            lambda rng, e=effect: (  # type: ignore[misc]
                Repeats(rng, "normal", 3, mean=0.5 - 0.01 * e),
                Repeats(rng, "normal", 3),
            ),
            rules,
        )
        asked = [each for each in found if each[0] is REPEAT]
        decided = sum(each[1] is not REPEAT for each in asked) / len(asked)
        adopted = sum(each[1] is ADOPT for each in asked) / len(asked)
        share = len(asked) / PAIRS
        print(f"{effect:4.1f}  {share:5.0%} {decided:16.0%} {adopted:8.0%}", flush=True)
        goals.append(decided >= LEAST_DECIDED)
    return all(goals)


def lucky(rules: tuple[Rule, ...]) -> bool:
    """Candidates with noisier curves that end at the same level, or at a better one."""
    print("\nnoise of the candidate's curve  gain  adopted (five repeats, one look)")
    goals = []
    for noise, gain in ((0.002, 0.0), (0.01, 0.0), (0.03, 0.0), (0.002, 0.03)):
        count = 0
        for seed in range(PAIRS // 5):
            rng = np.random.default_rng(seed)
            sides = (
                Noisy(rng, noise, gain=gain).side("candidate"),
                Noisy(rng, 0.002).side("incumbent"),
            )
            verdict = compare(*sides, rules, RuleSettings(), {}).verdict
            count += verdict is ADOPT
        share = count / (PAIRS // 5)
        print(f"{noise:30.3f} {gain:5.2f} {share:8.0%}", flush=True)
        goals.append(share >= LEAST_FOUND if gain else share <= MOST_ADOPTED + 0.05)
    return all(goals)


def main() -> int:
    """Prints every table; exit code 1 if a goal was missed."""
    rules = tuple(each for each in load_rules() if each.group == "adoption")
    met = [
        false_adoptions(rules),
        detection(rules),
        deciding(rules),
        lucky(rules),
    ]
    searched(rules)
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
