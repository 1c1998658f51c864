"""One rule on one subject: requirements, then conditions, then messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from advisor.engine.filling import filled, with_item
from advisor.engine.grounds import Asked, Grounds
from advisor.engine.later import Later
from advisor.engine.measurements import MissingSignalError
from advisor.engine.rule import Rule
from advisor.engine.rule_schema import EditPart
from advisor.engine.scope import Scope
from advisor.features.feature import NotEnoughDataError
from advisor.model.finding import (
    Action,
    Edit,
    Finding,
    Lead,
    Outcome,
    Question,
    Severity,
    Subject,
    Verdict,
)


class Conclusions:
    """Verdicts, findings and questions of one study, in order of evaluation."""

    def __init__(self) -> None:
        self.verdicts: list[Verdict] = []
        self.findings: dict[str, list[Finding]] = {}  # by rule
        self.leads: list[Lead] = []
        self.questions: dict[str, Question] = {}  # by the line that answers it


class Judgement:
    """Asks the conditions of a rule in order, and words the finding if it fires."""

    def __init__(
        self, rule: Rule, subject: Subject, scope: Scope, conclusions: Conclusions
    ) -> None:
        self.rule = rule
        self.subject = subject
        self.scope = scope
        self.conclusions = conclusions
        self._steps: list[Asked] = []
        self._measured = False

    def conclude(self) -> None:
        """Adds the verdict, the finding and the questions to the conclusions."""
        verdict = self._verdict()
        self.conclusions.verdicts.append(verdict)
        if verdict.outcome is Outcome.FIRES:
            finding = self._finding(verdict)
            self.conclusions.findings.setdefault(self.rule.id, []).append(finding)
        undecided = verdict.outcome is Outcome.INCONCLUSIVE and self._measured
        if undecided:
            self._lead(verdict)
        if verdict.outcome is Outcome.FIRES or undecided:
            with suppress(MissingSignalError, NotEnoughDataError):
                self._ask()

    def as_if(self) -> Finding:
        """The finding as it would read if the rule had fired.

        Raises:
            MissingSignalError, NotEnoughDataError: a feature cannot be measured.
        """
        self.scope.require_features()
        return self._finding(self._end(Outcome.FIRES))

    def _verdict(self) -> Verdict:
        source = self.rule.source
        for requirement in source.requires:
            if not self._holds(requirement.when, "requires"):
                return self._end(
                    Outcome.NOT_EVALUATED, requirement.missing, requirement.enable
                )
        try:
            self.scope.require_features()
        except MissingSignalError as error:
            return self._end(
                Outcome.NOT_EVALUATED, error.signal.what, error.signal.enable
            )
        except NotEnoughDataError as error:
            return self._end(Outcome.INCONCLUSIVE, str(error))
        self._measured = True
        for case in source.inconclusive:
            if self._holds(case.when, "inconclusive if"):
                return self._end(Outcome.INCONCLUSIVE, self._fill(case.because))
        fires = self._holds(source.fires, "fires if")
        return self._end(Outcome.FIRES if fires else Outcome.CLEAR)

    def _end(self, outcome: Outcome, reason: str = "", enable: str = "") -> Verdict:
        measured = outcome in (Outcome.FIRES, Outcome.CLEAR)
        grounds = Grounds(self.rule, self.scope.again(), tuple(self._steps))
        return Verdict(
            self.rule.id,
            self.subject,
            outcome,
            reason,
            enable,
            Later(grounds.evidence) if measured else (),
            Later(grounds.trace),
        )

    def _finding(self, verdict: Verdict) -> Finding:
        source = self.rule.source
        severity = self._severity()
        superseded_by = self._superseded_by()
        names = self._value(source.trials) if source.trials else ()
        if self.subject.kind == "trial":
            names = (self.subject.name,)
        return Finding(
            rule=self.rule.id,
            subject=self.subject,
            severity=severity,
            message=self._message(),
            evidence=self.scope.evidence(source.evidence),
            actions=tuple(
                Action(self._fill(advice.do), self._fill(advice.why))
                for advice in source.advice
                if self._applies(advice.when)
            ),
            edits=self._edits(source.next_round),
            confirm=self._confirm(),
            playbook=source.playbook,
            trials=tuple(str(name) for name in names or ()),
            superseded_by=superseded_by,
            caveats=tuple(
                self._fill(caveat.say)
                for caveat in source.caveats
                if self._applies(caveat.when)
            ),
            trace=Grounds(self.rule, lambda: self.scope, self._steps).trace(),
        )

    def _lead(self, verdict: Verdict) -> None:
        source = self.rule.source
        edits = self._edits(source.meanwhile)
        if edits and self._superseded_by() is None:
            self.conclusions.leads.append(
                Lead(self.rule.id, self.subject, verdict.reason, edits, source.playbook)
            )

    def _edits(self, parts: Iterable[EditPart]) -> tuple[Edit, ...]:
        return tuple(
            made
            for part in parts
            if self._applies(part.when)
            for made in self._edits_of(part)
        )

    def _edits_of(self, part: EditPart) -> Iterator[Edit]:
        """The edit, or one for each of what `each` names."""
        for item in (None,) if part.each is None else self._value(part.each):
            scope = self.scope if item is None else with_item(self.scope, item)
            target = self.rule.template(part.target).fill(scope).strip()
            yield Edit(part.edit, target, filled(part.with_, self.rule.template, scope))

    def _confirm(self) -> Mapping[str, Any]:
        """The experiment with the arms that apply, everything filled in."""
        data = dict(self.rule.source.confirm)
        if "counterfactual" in data:
            data["counterfactual"] = [
                {key: item for key, item in arm.items() if key != "when"}
                for arm in data["counterfactual"]
                if self._applies(arm.get("when"))
            ]
        return dict(self._data(data))

    def _message(self) -> str:
        wordings = self.rule.source.messages
        applying = (each.say for each in wordings if self._applies(each.when))
        return self._fill(next(applying))

    def _severity(self) -> Severity:
        for case in self.rule.source.severity:
            if case.when is None or self._holds(case.when, f"{case.is_} if"):
                return Severity[case.is_.upper()]
        raise AssertionError("the last severity has no condition")

    def _superseded_by(self) -> str | None:
        for part in self.rule.source.yields_to:
            for other in self.scope.found_near(part.rule):
                if part.when is None or self._holds(part.when, "yields if"):
                    return other.id
        return None

    def _ask(self) -> None:
        for part in self.rule.source.asks:
            known = self.scope(f"facts.{part.fact}") is not None
            if not known and self._applies(part.when):
                example = self._fill(part.example)
                self.conclusions.questions.setdefault(
                    example,
                    Question(
                        part.fact,
                        self._fill(part.question),
                        self._fill(part.because),
                        example,
                    ),
                )

    def _holds(self, text: str, purpose: str) -> bool:
        result = bool(self.rule.condition(text).evaluate(self.scope))
        self._steps.append((text, result, purpose))
        return result

    def _applies(self, text: str | None) -> bool:
        return text is None or bool(self._value(text))

    def _value(self, text: str) -> Any:
        return self.rule.condition(text).evaluate(self.scope)

    def _fill(self, text: str) -> str:
        return self.rule.template(text).fill(self.scope).strip()

    def _data(self, value: Any) -> Any:
        """Nested data with every template filled; a lone hole keeps its type."""
        return filled(value, self.rule.template, self.scope)
