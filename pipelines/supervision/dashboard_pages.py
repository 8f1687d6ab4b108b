"""Streamlit that asks nobody outside: ``python -m`` this module, its own options.

When a page of another site knocks, Streamlit looks up this machine's outer address at
checkip.amazonaws.com, and waits for it, to see whether that site is itself. It is not:
the pages are served on this machine's own address only.
"""

from streamlit import net_util
from streamlit.web import cli


def no_address() -> None:
    """Return no address of this machine, without asking for one."""


def main() -> None:
    """Serve the pages; Streamlit has no option that keeps it from asking."""
    net_util.get_external_ip = no_address
    net_util.get_internal_ip = no_address
    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    main()
