"""Builds of some marts alone, with all that they are made from, as the product builds.

For tests that build again and again and look at few marts: the others would take nine
tenths of the time.
"""

from collections.abc import Sequence

from pipelines.build_books import Build, Scope
from pipelines.building import building, run_dbt
from pipelines.settings import Settings


def build_some(settings: Settings, scope: Scope, marts: Sequence[str]) -> None:
    """Build marts in a scope, and have the build succeed."""
    with building(settings, scope) as begun:
        assert begun.scope is scope
        assert run_dbt(settings, *begun.dbt_arguments, *_selected(begun, marts)) == {}
        begun.succeed()


def _selected(begun: Build, marts: Sequence[str]) -> list[str]:
    """Return what a build selects of what the marts are made from."""
    chain = [f"+{mart}" for mart in marts]
    if begun.is_full:
        return ["--select", *chain]
    select, *wanted = begun.selection
    until = wanted.index("--exclude") if "--exclude" in wanted else len(wanted)
    both = [f"{each},{made}" for each in wanted[:until] for made in chain]
    return [select, *both, *wanted[until:]]
