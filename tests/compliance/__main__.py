"""``python -m tests.compliance [--check]``: the page from the outcomes of the tests."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.compliance.outcomes import PROJECT, read_outcomes

RULES = Path(__file__).with_name("rules.yaml")
PAGE = PROJECT / "docs" / "compliance.md"
INTRODUCTION = """\
# Compliance

What the law asks, what meets it here, and which tests prove it. `make compliance`
writes this page from the outcomes of the tests; nobody writes in it by hand. It is no
legal advice: organisation, training and contracts are the site's.

| rule | asks | met by | proved by | outcome |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Proof:
    """The tests of one rule: how many passed, and what keeps them from proving it."""

    passed: int
    problems: list[str]
    day: str

    def __str__(self) -> str:
        if self.problems:
            return f"**not proved**: {'; '.join(self.problems)}"
        return f"{self.passed} tests passed, {self.day}"


def proof_of(tests: list[str], outcomes: dict[str, dict]) -> Proof:
    """Return how the tests of a rule ended; a folder stands for its files."""
    passed, problems, days = 0, [], []
    for named in tests:
        files = _files_of(named)
        if not files:
            problems.append(f"{named} does not exist")
        for path in files:
            ended = outcomes.get(path)
            if ended is None:
                problems.append(f"{path} did not run")
                continue
            passed += ended["passed"]
            days.append(ended["on"])
            problems += [
                f"{ended[bad]} {bad} in {path}"
                for bad in ("failed", "skipped")
                if ended[bad]
            ]
    return Proof(passed, problems, min(days, default=""))


def page(rules: list[dict], outcomes: dict[str, dict]) -> str:
    """Return the page."""
    lines = [
        "| {place} | {asks} | {feature} | {tests} | {proof} |".format(
            place=rule["place"],
            asks=rule["asks"],
            feature=" ".join(rule["feature"].split()),
            tests=", ".join(f"`{each}`" for each in rule["tests"]),
            proof=proof_of(rule["tests"], outcomes),
        )
        for rule in rules
    ]
    return INTRODUCTION + "\n".join(lines) + "\n"


def main() -> int:
    """Write the page, or check that every rule is proved."""
    parser = argparse.ArgumentParser(prog="python -m tests.compliance")
    parser.add_argument("--check", action="store_true", help="fail where not proved")
    is_check = parser.parse_args().check
    rules, outcomes = yaml.safe_load(RULES.read_text()), read_outcomes()
    unproved = [
        f"{rule['place']}: {problem}"
        for rule in rules
        for problem in proof_of(rule["tests"], outcomes).problems
    ]
    if is_check:
        sys.stderr.writelines(f"{line}\n" for line in unproved)
        return bool(unproved)
    PAGE.write_text(page(rules, outcomes))
    return 0


def _files_of(named: str) -> list[str]:
    path = PROJECT / named
    found = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
    return [str(each.relative_to(PROJECT)) for each in found if each.exists()]


if __name__ == "__main__":
    sys.exit(main())
