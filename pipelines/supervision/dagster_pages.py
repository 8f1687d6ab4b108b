"""Dagster's web server behind the gate: ``python -m`` this module, its own options."""

from typing import Any

from dagster_webserver import cli

from pipelines.supervision.same_origin import SameOrigin

make_pages = cli.create_app_from_workspace_process_context


def make_guarded_pages(*arguments: Any, **options: Any) -> SameOrigin:
    """Return Dagster's pages as its program makes them, guarded."""
    return SameOrigin(make_pages(*arguments, **options))


def main() -> None:
    """Serve the pages; Dagster's program has no option for a gate of one's own."""
    cli.create_app_from_workspace_process_context = make_guarded_pages
    cli.main()


if __name__ == "__main__":
    main()
