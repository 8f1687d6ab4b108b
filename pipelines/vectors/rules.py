"""The rules that vectors run by: the same macros that the marts are built with."""

from pipelines.building import BuildError
from pipelines.dbt_program import FOLDERS, SILENT, dbt_variables, quoteless
from pipelines.lighter_dbt import lighten_dbt
from pipelines.parsed_project import parsed_project
from pipelines.settings import Settings

SELECTION = ("--select", "path:analyses/vectors")


def installed_rules(settings: Settings) -> dict[str, str]:
    """Return, by the name of the file that it answers, each rule as a query.

    A query reads the cases from ``vector_rows``, all columns text, and returns their
    keys and answers under the file's own names of columns.

    Raises:
        BuildError: dbt cannot compile them.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - dbt's import costs 4 seconds

    lighten_dbt()
    with dbt_variables(settings):
        done = dbtRunner(parsed_project()).invoke(
            [*SILENT, "compile", *SELECTION, *FOLDERS]
        )
    if not done.success:
        msg = f"the rules cannot be read: {quoteless(str(done.exception))}"
        raise BuildError(msg)
    return {each.node.name: each.node.compiled_code for each in done.result.results}
