"""Staging, intermediate, marts and terminology: the dbt project, an asset per model.

One step makes them all, so that the marts of a page belong to one build. It decides
itself what has to be built and reports that and no more: an asset that no news reaches
keeps the time at which it was last made. dbt's data tests are checks of their asset.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.asset_utils import build_dbt_specs
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from pipelines.assets.dbt_events import Event, stream_dbt
from pipelines.assets.dbt_manifest import Manifest, is_current
from pipelines.assets.failures import without_values
from pipelines.assets.mart_checks import mart_check_results, mart_check_specs
from pipelines.build_books import Build, Scope
from pipelines.building import building
from pipelines.checking.marts import check_marts
from pipelines.dbt_program import quoteless
from pipelines.feeds.catalogue import FEEDS
from pipelines.settings import Settings

BUILD_STEP = "dbt_build"
PROJECT_CHANGED = "the dbt project has changed since Dagster read it: run 'ehr up'"
# Identifiers stand beside the records that they came with.
LAYER_OF = {"identity": "raw"}
FAILED = {"error", "fail", "runtime error"}

DbtResult = dg.Output | dg.AssetCheckResult | dg.AssetObservation


class BuildConfig(dg.Config):
    """``scope`` is one of ``pipelines.build_books.Scope``: how much it builds."""

    scope: str = Scope.USUAL.value


class LayerTranslator(DagsterDbtTranslator):
    """Groups models by layer, and describes them without their SQL."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the layer, which is the schema."""
        return dbt_resource_props["schema"]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the description that stands in the model's properties."""
        return dbt_resource_props.get("description", "")


def build_warehouse_assets(
    manifest_file: Path, manifest: Manifest
) -> dg.AssetsDefinition:
    """Return the dbt project as assets; key = [schema, model]."""
    translator = LayerTranslator()
    specs, check_specs = build_dbt_specs(
        translator=translator,
        manifest=manifest,
        select="fqn:*",
        exclude="",
        selector="",
        io_manager_key="io_manager",
        project=None,
    )

    written_first = [spec.key for spec in build_external_specs(manifest)]

    @dg.multi_asset(
        name=BUILD_STEP,
        specs=specs,
        check_specs=[*check_specs, *mart_check_specs()],
        can_subset=True,
    )
    def warehouse(
        context: dg.AssetExecutionContext,
        config: BuildConfig,
        settings: dg.ResourceParam[Settings],
    ) -> Iterator[DbtResult]:
        if not is_current(manifest_file):
            raise dg.Failure(PROJECT_CHANGED, allow_retries=False)
        failed = []
        with without_values(), building(settings, Scope(config.scope)) as build:
            context.log.info(told_extent(build))
            for key in written_first:
                context.log_event(dg.AssetMaterialization(key))
            for event in events_of(settings, build):
                log_problem(context, event)
                failed += failed_node(event)
                message = DbtCoreCliEventMessage(event, event_history_metadata={})
                yield from message.to_default_asset_events(
                    manifest, translator, context=context
                )
            if failed:
                description = f"{len(failed)} of the build failed: {', '.join(failed)}"
                raise dg.Failure(description, allow_retries=False)
            build.succeed()
        # What people wrote is shown at once; the next whole build judges the marts.
        if build.scope is not Scope.NEWS:
            with without_values():
                found = check_marts(settings, build.build_id, context.run_id)
            yield from mart_check_results(context, found)

    return warehouse


def build_external_specs(manifest: Manifest) -> list[dg.AssetSpec]:
    """Return tables that models read and nobody delivers: each build writes them.

    Declared so that they stand in their layer, with their meaning.
    """
    return [
        dg.AssetSpec(
            [source["schema"], source["name"]],
            description=source["description"],
            group_name=LAYER_OF.get(source["schema"], source["schema"]),
            kinds={"postgres"},
        )
        for unique_id, source in manifest["sources"].items()
        if source["name"] not in FEEDS and manifest["child_map"][unique_id]
    ]


def events_of(settings: Settings, build: Build) -> Iterator[Event]:
    """Run what a build has to do, and yield its events."""
    if not build.has_nothing_to_do:
        yield from stream_dbt(settings, *build.dbt_arguments, *build.selection)


def told_extent(build: Build) -> str:
    """Return how much a build builds, for the log."""
    feeds = f" of {', '.join(build.feeds)}" if build.feeds else ""
    return f"builds {build.scope.value}{feeds}; patients: {build.patient_count}"


def log_problem(context: dg.AssetExecutionContext, event: Event) -> None:
    """Log what dbt warns of, without what it quotes."""
    level = event["info"]["level"]
    if level in {"warn", "error"}:
        log = context.log.warning if level == "warn" else context.log.error
        log(quoteless(event["info"]["msg"]))


def failed_node(event: Event) -> list[str]:
    """Return the name of the model or test that an event tells to have failed."""
    node = event.get("data", {}).get("node_info") or {}
    is_end = event["info"]["name"] == "NodeFinished"
    return [node["node_name"]] if is_end and node["node_status"] in FAILED else []
