"""What Dagster's own pages are answered about the runs of an installation."""

import json
from pathlib import Path

import dagster as dg
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster_graphql.schema import create_schema

METADATA = """
    metadataEntries {
        __typename label description
        ... on TextMetadataEntry { text }
        ... on MarkdownMetadataEntry { mdStr }
        ... on JsonMetadataEntry { jsonString }
        ... on PathMetadataEntry { path }
        ... on IntMetadataEntry { intRepr }
        ... on FloatMetadataEntry { floatValue }
        ... on TableMetadataEntry { table { records } }
    }
"""
ERROR = "error { message className stack errorChain { error { message stack } } }"
RUNS = f"""
    {{ runsOrError {{ ... on Runs {{ results {{
        runId status runConfigYaml tags {{ key value }}
        eventConnection(limit: 1000) {{ events {{
            __typename
            ... on MessageEvent {{ message eventType stepKey }}
            ... on ErrorEvent {{ {ERROR} }}
            ... on MaterializationEvent {{ {METADATA} }}
            ... on AssetCheckEvaluationEvent {{
                evaluation {{ checkName description {METADATA} }}
            }}
        }} }}
    }} }} }} }}
"""


def answers_of(folder: Path) -> str:
    """Return all that is told of the runs that are stored in a folder."""
    with (
        dg.DagsterInstance.local_temp(str(folder)) as instance,
        WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as context,
    ):
        asking = context.create_request_context()
        answer = create_schema().execute(RUNS, context_value=asking)
    assert not answer.errors, answer.errors
    return json.dumps(answer.data, ensure_ascii=False)
