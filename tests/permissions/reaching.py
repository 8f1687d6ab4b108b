"""Which actions the pages of a role lead to, read from the code of the pages."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from dashboards.navigation import PAGES_OF
from pipelines.access.people import PersonRole
from pipelines.record.actions.correcting import CORRECTABLE
from pipelines.record.permissions import (
    CORRECT,
    CORRECT_OWN,
    READ,
    actions_on,
    permissions,
)

PROJECT = Path(__file__).parents[2]
ACTIONS = frozenset(
    action for action, each in permissions().items() if each.verb != READ
)


class Place(NamedTuple):
    """Something of a module that has a name: a function, a constant, a menu."""

    module: str
    name: str


# Menus offer an item to whoever its action is allowed.
MENU_OF_CHART = Place("dashboards.writing.menu", "MENU")
MENU_OF_DESK = Place("dashboards.desk.page", "MENU")
MENUS = (MENU_OF_CHART, MENU_OF_DESK)
# One form corrects whatever its role may correct of these feeds.
CORRECTING = Place("pipelines.record.actions.correcting", "correct")
# What is outside of the record has its own name in the audit; here it is done.
OUTSIDE = {
    Place("pipelines.access.take_over", "take_over"): "take over patient",
    Place("pipelines.access.break_glass", "break_glass"): "break the glass",
    Place("dashboards.own_record.statements", "LOOKS"): "see who looked",
    Place("pipelines.access.refused_rows", "read_refused_rows"): "triage refused rows",
    Place("pipelines.access.refused_rows", "read_whole_line"): "unmask refused row",
    Place("pipelines.access.refused_decisions", "replay_refused"): (
        "replay refused rows"
    ),
    Place("pipelines.access.refused_decisions", "release_refused"): (
        "release refused rows"
    ),
    Place("pipelines.access.refused_decisions", "discard_refused"): (
        "discard refused rows"
    ),
    Place("pipelines.access.refused_decisions", "correct_source"): (
        "correct refused values"
    ),
    Place("pipelines.access.incidents", "waive"): "decide incident",
    Place("pipelines.access.limits", "propose_limits"): "propose limits",
    Place("pipelines.access.limits", "sign_limit"): "sign limit",
    Place("pipelines.access.thresholds", "change_threshold"): "change threshold",
    Place("pipelines.access.value_reports", "report_value"): "report value",
    Place("pipelines.access.value_reports", "answer_report"): "answer report",
    Place("dashboards.compliance.statements", "EVENTS"): "search audit",
    Place("pipelines.access.compliance", "review_glass"): "review broken glass",
    Place("dashboards.compliance.statements", "DISCLOSURES"): "export disclosures",
    Place("pipelines.access.compliance", "certify"): "certify grants",
    Place("pipelines.access.explaining", "explain"): "explain access",
    Place("pipelines.access.explaining", "grant"): "mend access",
}


def reached_by(role: PersonRole) -> set[str]:
    """Return the actions that the pages of a role lead to."""
    seen: set[Place] = set()
    waiting = [place for page in pages_of(role) for place in top_level(page, role)]
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        waiting += shown_of(place, role) if place in MENUS else mentions(place, role)
    reached = {OUTSIDE[place] for place in seen if place in OUTSIDE}
    for place in seen:
        if place.module.startswith("pipelines.record.actions"):
            reached |= words_of(place) & ACTIONS
    return reached | (correctable_by(role) if CORRECTING in seen else set())


def pages_of(role: PersonRole) -> list[str]:
    """Return the modules of a role's pages."""
    paths = [path for path, _ in PAGES_OF.get(role, ())]
    return [
        f"dashboards.{path.removesuffix('.py').replace('/', '.')}" for path in paths
    ]


def correctable_by(role: PersonRole) -> set[str]:
    """Return the corrections that a role may make in the form for them."""
    return {
        each.action
        for feed in CORRECTABLE
        for each in actions_on(feed, CORRECT, CORRECT_OWN)
        if each.allows(role)
    }


def shown_of(menu: Place, role: PersonRole) -> list[Place]:
    """Return the forms of a menu that are offered to a role."""
    return [
        Place(item.show.__module__, item.show.__name__) for item in items_of(menu, role)
    ]


def items_of(menu: Place, role: PersonRole) -> list[Any]:
    """Return the items of a menu whose action a role may do."""
    items = getattr(importlib.import_module(menu.module), menu.name)
    return [item for item in items if permissions()[item.action].allows(role)]


@cache
def top_level(module: str, role: PersonRole) -> frozenset[Place]:
    """Return what a page mentions outside of its functions: what it runs."""
    tree, names, _ = parsed(module)
    return frozenset(
        place
        for node in tree.body
        if not isinstance(node, ast.FunctionDef | ast.ClassDef)
        for place in resolved(node, names, role)
    )


@cache
def mentions(place: Place, role: PersonRole) -> frozenset[Place]:
    """Return what a named thing mentions."""
    node = named(place)
    if node is None:
        return frozenset()
    names = parsed(place.module)[1]
    return frozenset(resolved(node, names, role))


def words_of(place: Place) -> set[str]:
    """Return the texts of a named thing."""
    node = named(place)
    found = ast.walk(node) if node is not None else ()
    return {
        each.value
        for each in found
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def named(place: Place) -> ast.stmt | None:
    """Return the statement that gives something its name."""
    if file_of(place.module) is None:
        return None
    return parsed(place.module)[2].get(place.name)


@cache
def parsed(
    module: str,
) -> tuple[ast.Module, dict[str, Place], dict[str, ast.stmt]]:
    """Return a module, what its imports are called in it, and what it names itself."""
    path = file_of(module)
    tree = ast.parse(path.read_text()) if path else ast.Module([], [])
    names: dict[str, Place] = {}
    own: dict[str, ast.stmt] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = Place(node.module, alias.name)
    for node in tree.body:
        for name in names_given(node):
            own[name] = node
            names[name] = Place(module, name)
    return tree, names, own


def names_given(node: ast.stmt) -> list[str]:
    """Return what a statement gives a name to."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    parts = [
        part
        for target in targets
        for part in (target.elts if isinstance(target, ast.Tuple) else [target])
    ]
    return [part.id for part in parts if isinstance(part, ast.Name)]


def resolved(
    node: ast.AST, names: dict[str, Place], role: PersonRole
) -> Iterator[Place]:
    """Yield what a statement mentions of ours: by name, or as a part of a module.

    What stands under ``if may(…, "action")`` counts for whom the action is allowed.
    """
    for each in ast.iter_child_nodes(node):
        if isinstance(node, ast.If) and each in node.body and is_kept(node.test, role):
            continue
        if isinstance(each, ast.Name) and each.id in names:
            yield names[each.id]
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            of = names.get(each.value.id)
            if of is not None and file_of(f"{of.module}.{of.name}") is not None:
                yield Place(f"{of.module}.{of.name}", each.attr)
        yield from resolved(each, names, role)


def is_kept(test: ast.expr, role: PersonRole) -> bool:
    """Return whether a condition asks for an action that the role may not do."""
    parts = test.values if isinstance(test, ast.BoolOp) else [test]
    is_all = not isinstance(test, ast.BoolOp) or isinstance(test.op, ast.And)
    asked = [
        each.args[1].value
        for each in parts
        if isinstance(each, ast.Call)
        and getattr(each.func, "id", "") == "may"
        and isinstance(each.args[1], ast.Constant)
    ]
    return is_all and any(not permissions()[each].allows(role) for each in asked)


@cache
def file_of(module: str) -> Path | None:
    """Return the file of a module of ours; None for others."""
    if module.split(".", 1)[0] not in ("dashboards", "pipelines"):
        return None
    path = PROJECT / Path(*module.split("."))
    for found in (path.with_suffix(".py"), path / "__init__.py"):
        if found.is_file():
            return found
    return None
