"""``sqlfluff`` without what it does again and again: a third of the lint's time.

- Where each piece of a file stands in its tree: each rule of layout finds that out for
  itself, and the tree is the same for all, as nothing is mended here.
- Python looks for circles of objects that nobody holds whenever 700 were made.
"""

import gc

from sqlfluff.cli.commands import cli
from sqlfluff.core.parser.segments import BaseSegment
from sqlfluff.utils.reflow.depthmap import DepthMap

from pipelines.lighter_dbt import OBJECTS_BETWEEN_LOOKS


def keep_places() -> None:
    """Let the rules share the places of the file that is being linted."""
    find = DepthMap.from_parent
    last: list[tuple[BaseSegment, DepthMap]] = []

    def kept(parent: BaseSegment) -> DepthMap:
        if not last or last[0][0] is not parent:
            last[:] = [(parent, find(parent))]
        return last[0][1]

    DepthMap.from_parent = kept


if __name__ == "__main__":
    gc.set_threshold(*OBJECTS_BETWEEN_LOOKS)
    keep_places()
    cli()
