"""``python -m dashboards.serving``: the pages, on the loopback address."""

import uvicorn
from streamlit import net_util
from streamlit.web import bootstrap

from dashboards.serving.application import Pages
from pipelines.settings import Settings, load_settings

HOST = "127.0.0.1"


def no_address() -> None:
    """Return no address of this machine, without asking for one."""


def configure() -> None:
    """Settle Streamlit's own settings, which are not those of its command line.

    When a page of another site knocks, Streamlit looks up this machine's outer address
    at checkip.amazonaws.com, and waits for it; it has no option that keeps it from it.
    """
    net_util.get_external_ip = no_address
    net_util.get_internal_ip = no_address
    bootstrap.load_config_options({})


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    configure()
    uvicorn.run(
        Pages(settings),
        host=HOST,
        port=settings.dashboard_port,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
    )


if __name__ == "__main__":
    serve(load_settings())
