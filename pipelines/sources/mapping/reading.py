"""Reads a mapping file; says where it is wrong and what would be right."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from pipelines.sources.mapping.model import Mapping


class MappingError(Exception):
    """A mapping file that cannot be used; the message names every wrong place."""


class TextLoader(yaml.SafeLoader):
    """Reads every value as text.

    Otherwise the code ``no`` would be false, ``007`` seven and ``1e3`` a thousand. A
    key said twice is a mistake, not a correction.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the attribute that yaml itself declares

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - yaml's signature
    ) -> dict[str, object]:
        """Return the mapping of a node whose keys are all different."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"{key.value!r} is said twice"
                raise yaml.constructor.ConstructorError(
                    None, None, problem, key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> Mapping:
    """Return the mapping of a file.

    Raises:
        MappingError: the file is not YAML or says something that does not exist.
    """
    return parse_mapping(path.read_text(encoding="utf-8"), path.name)


def parse_mapping(text: str, name: str) -> Mapping:
    """Return the mapping of a text; ``name`` stands before every mistake.

    Raises:
        MappingError: the text is not YAML or says something that does not exist.
    """
    loader = TextLoader(text)
    try:
        content = loader.get_single_data()
    except yaml.YAMLError as error:
        msg = f"{name} is not readable as YAML: {error}"
        raise MappingError(msg) from None
    finally:
        loader.dispose()
    if not isinstance(content, dict):
        msg = f"{name} says nothing; `ehr map PATH` proposes a mapping"
        raise MappingError(msg)
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        raise MappingError(_in_words(name, error)) from None


def _in_words(name: str, error: ValidationError) -> str:
    """Return one line for each mistake: the path in the file, and what is wrong."""
    lines = [
        f"  {_path(detail['loc'])}: {detail['msg'].removeprefix('Value error, ')}"
        for detail in error.errors(include_url=False, include_input=False)
    ]
    return "\n".join([f"{name} cannot be used:", *lines])


def _path(location: tuple[str | int, ...]) -> str:
    """Return a place as one writes it: ``files[0].rows[1].columns.unit``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".") or "the whole file"
