"""The pack as Pulumi's policy engine runs it: `pulumi preview --policy-pack policy`.

It runs in an environment of its own (`policy/.venv`, `policy/requirements.txt`) and with this folder as its program.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

# Installed in the pack's own environment only, and untyped there.
import pulumi_policy  # type: ignore[import-not-found,import-untyped,unused-ignore]

# Pulumi puts this folder on the path; the rooms are found from the project's root.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from access.urn import parse  # noqa: E402 - only found once the root is on the path
from policy.resource import UNKNOWN, Resource, Stack  # noqa: E402
from policy.rule import Question, ResourceRule, Rule, StackRule  # noqa: E402
from policy.rules import RULES  # noqa: E402

NAME = "keyless"


def policy_of(rule: Rule) -> pulumi_policy.Policy:
    """Returns a rule as the policy engine takes it."""
    schema = pulumi_policy.PolicyConfigSchema(
        {
            name: {**setting.schema, "description": setting.description, "default": setting.default}
            for name, setting in rule.settings.items()
        }
    )
    if isinstance(rule, ResourceRule):
        return pulumi_policy.ResourceValidationPolicy(
            rule.name, rule.description, _about_one(rule), config_schema=schema
        )
    return pulumi_policy.StackValidationPolicy(rule.name, rule.description, _about_all(rule), config_schema=schema)


def _about_one(
    rule: ResourceRule,
) -> Callable[[pulumi_policy.ResourceValidationArgs, pulumi_policy.ReportViolation], None]:
    def validate(args: pulumi_policy.ResourceValidationArgs, report: pulumi_policy.ReportViolation) -> None:
        resource = Resource(args.urn, known(args.props), args.opts.protect)
        for message in rule.check(resource, _question(rule, args.urn, args.get_config())):
            report(message)

    return validate


def _about_all(rule: StackRule) -> Callable[[pulumi_policy.StackValidationArgs, pulumi_policy.ReportViolation], None]:
    def validate(args: pulumi_policy.StackValidationArgs, report: pulumi_policy.ReportViolation) -> None:
        resources = [
            Resource(
                each.urn,
                known(each.props),
                each.opts.protect,
                {name: tuple(one.urn for one in sources) for name, sources in each.property_dependencies.items()},
            )
            for each in args.resources
        ]
        if resources:
            question = _question(rule, resources[0].urn, args.get_config())
            for resource, message in rule.check(Stack(resources), question):
                report(message, resource.urn)

    return validate


def _question(rule: Rule, urn: str, config: Mapping[str, Any]) -> Question:
    parts = parse(urn)
    settings = {name: config.get(name, setting.default) for name, setting in rule.settings.items()}
    return Question(parts.stack if parts else "", settings)


def known(properties: Any) -> Any:
    """Returns properties as plain values, with UNKNOWN for what the policy engine will not let be read."""
    if isinstance(properties, Mapping):
        return {name: _read(properties, name) for name in properties}
    if isinstance(properties, Sequence) and not isinstance(properties, str):
        return [_read(properties, index) for index in range(len(properties))]
    return properties


def _read(holder: Any, key: Any) -> Any:
    try:
        return known(holder[key])
    except pulumi_policy.proxy.UnknownValueError:
        return UNKNOWN


if __name__ == "__main__":
    pulumi_policy.PolicyPack(
        name=NAME,
        enforcement_level=pulumi_policy.EnforcementLevel.MANDATORY,
        policies=[policy_of(rule) for rule in RULES],
    )
