"""The pack as Pulumi's policy engine has it: a process of its own, over Pulumi's protocol and under the real CLI.

It runs in `policy/.venv`, made from `policy/requirements.txt`; without that, or without the CLI, there is nothing to
test here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policy.resource import UNKNOWN
from policy.rules import RULES
from tests.policy.test_rules import ACCOUNT, APP_ROLE_ASSIGNMENT, PRINCIPAL, SITE, TAKEOVER, urn

POLICY = Path(__file__).parents[2] / "policy"
PYTHON = POLICY / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
PULUMI = shutil.which("pulumi")
has_environment = pytest.mark.skipif(not PYTHON.exists(), reason="policy/.venv is not there: see policy/README.md")
has_cli = pytest.mark.skipif(PULUMI is None, reason="the pulumi CLI is not on PATH")

Pack = Any
"""A stub of `pulumirpc.Analyzer`: its class is untyped."""


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    # As the language host starts it (pulumi-language-python, `RunPlugin`): the folder as the program.
    process = subprocess.Popen([PYTHON, "-u", POLICY], stdout=subprocess.PIPE, cwd=POLICY, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def analysed(pack: Pack, kind: str, properties: Mapping[str, Any], *, protect: bool = False) -> list[tuple[str, str]]:
    """What the pack says of one resource: rule and message."""
    answer = pack.Analyze(
        analyzer_pb2.AnalyzeRequest(
            type=kind,
            urn=urn(kind),
            name="it",
            properties=_struct(properties),
            options=analyzer_pb2.AnalyzerResourceOptions(protect=protect),
        )
    )
    return [(each.policyName, each.message.splitlines()[-1]) for each in answer.diagnostics]


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct


@has_environment
def test_the_pack_offers_every_rule_and_is_mandatory(pack: Pack) -> None:
    info = pack.GetAnalyzerInfo(empty_pb2.Empty())
    assert info.name == "keyless"
    assert {(policy.name, policy.description) for policy in info.policies} == {
        (rule.name, rule.description) for rule in RULES
    }
    assert {policy.enforcementLevel for policy in info.policies} == {analyzer_pb2.MANDATORY}


@has_environment
def test_the_pack_says_of_a_resource_what_its_rules_say(pack: Pack) -> None:
    assert analysed(pack, ACCOUNT, {"allowSharedKeyAccess": True, "minimumTlsVersion": "TLS1_2"}) == [
        ("no-shared-keys", "it can be opened with a key. Set allowSharedKeyAccess to false."),
        ("no-public-access", "it lets containers be public. Set allowBlobPublicAccess to false."),
    ]


@has_environment
def test_the_pack_holds_nothing_against_what_a_preview_does_not_know(pack: Pack) -> None:
    properties = {"httpsOnly": UNKNOWN, "siteConfig": {"minTlsVersion": UNKNOWN}, "identity": UNKNOWN}
    assert analysed(pack, SITE, properties, protect=True) == []


@has_environment
def test_the_pack_knows_which_resources_are_protected(pack: Pack) -> None:
    site = {"httpsOnly": True, "identity": {"type": "SystemAssigned"}}
    assert analysed(pack, SITE, site, protect=True) == []
    assert [rule for rule, _ in analysed(pack, SITE, site)] == ["protected-in-production"]


@has_environment
def test_the_pack_says_of_a_stack_what_its_rules_say(pack: Pack) -> None:
    site = analyzer_pb2.AnalyzerResource(
        type=SITE, urn=urn(SITE, "site"), name="site", properties=_struct({"identity": {"type": "SystemAssigned"}})
    )

    def grant(name: str, holder: str, *sources: str) -> analyzer_pb2.AnalyzerResource:
        dependencies = analyzer_pb2.AnalyzerPropertyDependencies(urns=sources)
        return analyzer_pb2.AnalyzerResource(
            type=APP_ROLE_ASSIGNMENT,
            urn=urn(APP_ROLE_ASSIGNMENT, name),
            name=name,
            properties=_struct({"principalObjectId": holder}),
            propertyDependencies={"principalObjectId": dependencies},
        )

    answer = pack.AnalyzeStack(
        analyzer_pb2.AnalyzeStackRequest(
            resources=[site, grant("own", UNKNOWN, urn(SITE, "site")), grant("foreign", PRINCIPAL)]
        )
    )
    assert [(each.policyName, each.urn) for each in answer.diagnostics] == [
        ("grants-reach-own-identity", urn(APP_ROLE_ASSIGNMENT, "foreign")),
        ("no-publishing-password", urn(SITE, "site")),
        ("no-publishing-password", urn(SITE, "site")),
    ]


PROGRAM = f"""
import pulumi


class Anything(pulumi.ComponentResource):
    pass


account = {{"allowSharedKeyAccess": True, "allowBlobPublicAccess": False, "minimumTlsVersion": "TLS1_2"}}
Anything("{ACCOUNT}", "account", account)
Anything("{APP_ROLE_ASSIGNMENT}", "grant", {{"appRoleId": "{TAKEOVER}", "principalObjectId": "{PRINCIPAL}"}})
"""


def previewed(folder: Path, config: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    """Previews a program of components that look like the resources the rules are about: no provider is needed."""
    assert PULUMI is not None
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
    (folder / "Pulumi.yaml").write_text(json.dumps({"name": "keyless", "runtime": runtime}), encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    environment = os.environ | {
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PULUMI, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

    created = run("stack", "init", "prod")
    assert created.returncode == 0, created.stderr
    return run("preview", "--policy-pack", str(POLICY), "--policy-pack-config", "config.json", "--color", "never")


@has_environment
@has_cli
def test_the_real_engine_stops_at_what_is_mandatory(tmp_path: Path) -> None:
    ended = previewed(tmp_path, {"all": "mandatory"})
    assert ended.returncode != 0
    said = " ".join(ended.stdout.split())
    assert f"[mandatory] no-shared-keys ({ACCOUNT}: account)" in said
    assert "account can be opened with a key. Set allowSharedKeyAccess to false." in said


@has_environment
@has_cli
def test_the_real_engine_only_says_what_is_advisory_and_takes_the_settings(tmp_path: Path) -> None:
    allowed = [{"role": "AppRoleAssignment.ReadWrite.All", "reason": "deploys this stack"}]
    config = {"all": "advisory", "no-takeover-role": {"enforcementLevel": "mandatory", "allowed": allowed}}
    ended = previewed(tmp_path, config)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    said = " ".join(ended.stdout.split())
    assert f"[advisory] no-shared-keys ({ACCOUNT}: account)" in said
    assert "[advisory] grants-reach-own-identity" in said
    assert "no-takeover-role" not in said
