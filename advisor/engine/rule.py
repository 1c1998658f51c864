"""A rule: its file, read and compiled, with every mistake located."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.engine import rule_schema as schema
from advisor.engine.edit_part import check_edits
from advisor.engine.expression import (
    Expression,
    ExpressionError,
    compile_expression,
)
from advisor.engine.facts import ROOTS
from advisor.engine.message import Template, compile_template
from advisor.engine.rule_reading import read_rule, rule_error, unknown_name
from advisor.engine.rule_texts import conditions_of, templates_of
from advisor.features.feature import Feature, features
from advisor.safe_yaml import Document, Place

FINDING_FACTS = ("here", "count", "warnings")

ITEM = "item"
"""The root under which an edit that is made `each` of several reads one of them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule. `source` keeps the parts that are only read or rendered."""

    id: str
    group: str
    path: Path
    source: schema.RuleFile
    features: Mapping[str, tuple[Feature, Mapping[str, Any], bool]]
    conditions: Mapping[str, Expression]  # by their text
    templates: Mapping[str, Template]  # by their text
    depends_on: frozenset[str]  # ids of the rules whose findings it reads

    def condition(self, text: str) -> Expression:
        """The compiled form of a condition of this rule."""
        return self.conditions[text]

    def template(self, text: str) -> Template:
        """The compiled form of a template of this rule."""
        return self.templates[text]


def load_rule(path: Path) -> Rule:
    """Reads and compiles a rule file.

    Raises:
        RuleError: as `read_rule`; or an expression outside the language, an unknown
            feature, option, look-up or placeholder.
    """
    source, document = read_rule(path)
    return _Compiler(source, document).compile()


class _Compiler:
    def __init__(self, source: schema.RuleFile, document: Document) -> None:
        self.source = source
        self.document = document
        self.conditions: dict[str, Expression] = {}
        self.templates: dict[str, Template] = {}
        self.depends_on = {*source.after, *(each.rule for each in source.yields_to)}

    def compile(self) -> Rule:
        source = self.source
        if not source.severity or source.severity[-1].when is not None:
            raise rule_error(
                self.document,
                ("severity",),
                "a last entry without `when`",
                "a condition on every entry",
            )
        check_edits(source, self.document)
        if not source.messages or source.messages[-1].when is not None:
            raise rule_error(
                self.document,
                ("message",),
                "a text, or a last wording without `when`",
                "a condition on every wording",
            )
        uses = {name: self._feature(name) for name in source.features}
        for place, text in conditions_of(source):
            self._condition(place, text)
        for place, text in templates_of(source):
            self._template(place, text)
        measure = str(source.confirm.get("measure", "objective"))
        if measure != "objective" and "{" not in measure:
            self._check_look_up(("confirm", "measure"), measure)
        return Rule(
            id=source.id,
            group=self.document.path.parent.name,
            path=self.document.path,
            source=source,
            features=uses,
            conditions=self.conditions,
            templates=self.templates,
            depends_on=frozenset(self.depends_on),
        )

    def _feature(self, name: str) -> tuple[Feature, Mapping[str, Any], bool]:
        use = self.source.features[name]
        place: Place = ("features", name)
        known = features()
        if use.feature not in known:
            raise unknown_name(self.document, (*place, "feature"), use.feature, known)
        feature = known[use.feature]
        options: dict[str, Any] = {}
        for option, value in use.options.items():
            if option not in feature.options:
                raise unknown_name(
                    self.document, (*place, "options", option), option, feature.options
                )
            options[option] = value
        return feature, options, use.optional

    def _condition(self, place: Place, text: str) -> None:
        try:
            expression = compile_expression(text)
        except ExpressionError as error:
            raise rule_error(self.document, place, "a condition", str(error)) from error
        self._check(place, expression.look_ups)
        self.conditions[text] = expression

    def _template(self, place: Place, text: str) -> None:
        try:
            template = compile_template(text)
        except ExpressionError as error:
            raise rule_error(self.document, place, "a template", str(error)) from error
        self._check(place, template.look_ups)
        self.templates[text] = template

    def _check(self, place: Place, look_ups: Iterable[str]) -> None:
        for name in look_ups:
            self._check_look_up(place, name)

    def _check_look_up(self, place: Place, name: str) -> None:
        root, _, rest = name.partition(".")
        roots = ROOTS[self.source.subject]
        if root == "facts" and rest:
            return
        if root == ITEM and place[0] in schema.EDITS:
            self._check_item(place, name)
            return
        if root == "findings":
            rule, _, part = rest.rpartition(".")
            if part not in FINDING_FACTS:
                raise unknown_name(self.document, place, part, FINDING_FACTS)
            self.depends_on.add(rule.replace("_", "-"))
        elif root in self.source.features:
            use = self.source.features[root]
            quantities = features()[use.feature].quantities
            if rest not in quantities:
                known = [f"{root}.{each}" for each in quantities]
                raise unknown_name(self.document, place, name, known)
        elif root in roots:
            if rest not in roots[root]:
                known = [f"{root}.{each}" for each in roots[root]]
                raise unknown_name(self.document, place, name, known)
        elif name not in self.source.parameters:
            known = [*self.source.parameters, *self.source.features, *roots]
            raise unknown_name(self.document, place, name, known)

    def _check_item(self, place: Place, name: str) -> None:
        """A look-up of one item of what an edit is made `each` of."""
        each = getattr(self.source, str(place[0]))[int(place[1])].each or ""
        root, _, rest = each.partition(".")
        use = self.source.features.get(root)
        fields = features()[use.feature].items.get(rest, ()) if use else ()
        if not fields:
            wanted = "with `each`, a look-up of several that `item` is one of"
            raise rule_error(self.document, place, wanted, f"`{name}`")
        if name not in (known := [f"{ITEM}.{field}" for field in fields]):
            raise unknown_name(self.document, place, name, known)
