"""``/dagster/``: the way from these pages to Dagster's, and back after signing in."""

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from pipelines.settings import Settings

SEE_OTHER = 303


def way_to_dagster(settings: Settings) -> Route:
    """Return the address that leads to the same host's other port."""

    def lead(request: Request) -> RedirectResponse:
        scheme = "https" if settings.has_tls else "http"
        address = f"{scheme}://{request.url.hostname}:{settings.dagster_port}"
        return RedirectResponse(f"{address}/{request.path_params['path']}", SEE_OTHER)

    return Route("/dagster/{path:path}", lead, methods=["GET"])
