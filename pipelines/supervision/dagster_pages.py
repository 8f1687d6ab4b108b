"""Dagster's web server behind the gate: ``python -m`` this module, its own options."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import uvicorn
from dagster_webserver import cli

from pipelines.settings import Settings, load_settings
from pipelines.supervision.dagster_gate import IS_LOOKING_ON, DagsterGate
from pipelines.supervision.same_origin import SameOrigin

make_pages = cli.create_app_from_workspace_process_context


def make_guarded_pages(workspace: Any, *arguments: Any, **options: Any) -> SameOrigin:
    """Return Dagster's pages as its program makes them, guarded."""
    pages = make_pages(with_lookers(workspace), *arguments, **options)
    settings = load_settings()
    return SameOrigin(DagsterGate(pages, settings), settings)


def with_lookers(workspace: Any) -> Any:
    """Let Dagster itself know who only looks on: it refuses and hides what changes."""
    usual = workspace.create_request_context

    def create_request_context(source: Any = None) -> Any:
        context = usual(source)
        if source is not None and source.scope.get(IS_LOOKING_ON):
            # Dagster takes this once, for everybody, when its program starts.
            context._read_only = True  # noqa: SLF001
        return context

    workspace.create_request_context = create_request_context
    return workspace


def serving_options(settings: Settings) -> dict[str, Any]:
    """Return how the pages are served beyond what Dagster's program can be told."""
    return {
        "ssl_certfile": settings.tls_certificate,
        "ssl_keyfile": settings.tls_key,
        "server_header": False,
        "proxy_headers": False,
    }


def main() -> None:
    """Serve the pages; Dagster's program has no option for a gate of one's own."""
    run = partial(uvicorn.run, **serving_options(load_settings()))
    cli.uvicorn = SimpleNamespace(run=run)
    cli.create_app_from_workspace_process_context = make_guarded_pages
    cli.main()


if __name__ == "__main__":
    main()
