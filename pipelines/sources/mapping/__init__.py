"""Mapping files: tables of another shape, turned into feeds by a YAML description."""

from pipelines.sources.mapping.compiling import adapter_from_mapping
from pipelines.sources.mapping.preview import Preview, preview
from pipelines.sources.mapping.proposal import propose_mapping
from pipelines.sources.mapping.reading import MappingError, read_mapping
from pipelines.sources.mapping.rendering import render_preview
from pipelines.sources.mapping.sample import UnreadableFileError

__all__ = [
    "MappingError",
    "Preview",
    "UnreadableFileError",
    "adapter_from_mapping",
    "preview",
    "propose_mapping",
    "read_mapping",
    "render_preview",
]
