"""What the program registers, as goals: reading the requests of pulumi/pulumi, proto/pulumi/resource.proto."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rehearsal.engine import urn as urns
from rehearsal.engine.protocol.host import Refused
from rehearsal.engine.resource import Alias, Timeouts
from rehearsal.engine.values import Output, Properties, dependencies_in

_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}

_REFUSED = {
    "remote": "multi-language components (remote)",
    "hooks": "resource hooks (hooks)",
    "state_migrations": "state migrations (state_migrations)",
    "envVarMappings": "environment variables mapped for a provider (env_var_mappings)",
    "packageRef": "parameterized packages (package_ref)",
    "snippetId": "snippets (snippet_id)",
}
"""Fields of a registration this engine does not honour, as a person would name them."""


def refuse_unsupported(request: Any) -> None:
    """Raises Refused, naming it, when a request asks for something this engine would have to ignore."""
    asked = [name for name in _REFUSED if name in request.DESCRIPTOR.fields_by_name and _is_set(request, name)]
    if asked:
        listed = ", ".join(_REFUSED[name] for name in asked)
        raise Refused(
            f"resource '{request.name}' ({request.type}) uses {listed}, which this engine does not support. "
            "Deploy it with pulumi."
        )


def refuse_unsupported_options(name: str, options: Any) -> None:
    """Raises Refused, naming it, when an option, perhaps one that a transform has set, is not supported."""
    asked = [what for what, value in _options(options) if value]
    if asked:
        raise Refused(
            f"resource '{name}' uses {', '.join(asked)}, which this engine does not support. Deploy it with pulumi."
        )


def _options(options: Any) -> Iterator[tuple[str, bool]]:
    yield _REFUSED["hooks"], bool(options.hooks.ListFields())
    yield "hidden differences (hide_diffs)", bool(options.hide_diff)


def _is_set(request: Any, name: str) -> bool:
    value = getattr(request, name)
    if hasattr(value, "ListFields"):
        return bool(value.ListFields())
    return bool(value)


def seconds(text: str) -> float:
    """A duration as Go writes it (`1h30m`, `45s`) in seconds; "" is 0.

    Raises Refused when it is none.
    """
    if not text:
        return 0
    parts = list(_DURATION.finditer(text))
    if not parts or "".join(part.group(0) for part in parts) != text:
        raise Refused(f"unable to parse customTimeout Value {text}: expected a duration like 30m, 90s or 1h30m")
    return sum(float(part.group(1)) * _SECONDS[part.group(2)] for part in parts)


def timeouts(message: Any) -> Timeouts:
    """Custom timeouts; all zero when none were set."""
    return Timeouts(
        create=seconds(message.create),
        update=seconds(message.update),
        delete=seconds(message.delete),
        read=seconds(message.read),
    )


def aliases(messages: Iterable[Any]) -> list[Alias]:
    """Former names, as URNs or as what differs."""
    found = []
    for message in messages:
        if message.WhichOneof("alias") == "urn":
            found.append(Alias(urn=message.urn))
            continue
        spec = message.spec
        found.append(
            Alias(
                name=spec.name,
                type=spec.type,
                stack=spec.stack,
                project=spec.project,
                parent=spec.parentUrn or None,
                no_parent=spec.WhichOneof("parent") == "noParent" and spec.noParent,
            )
        )
    return found


def property_dependencies(request: Any, properties: Properties) -> dict[str, list[str]]:
    """For each property, the URNs it comes from; without any information every property comes from all of them."""
    if not request.propertyDependencies:
        found = {key: list(request.dependencies) for key in properties}
    else:
        found = {key: list(used.urns) for key, used in request.propertyDependencies.items()}
    return with_outputs(found, properties)


def with_outputs(known: dict[str, list[str]], properties: Properties) -> dict[str, list[str]]:
    """The dependencies of properties, with those that output values among them carry."""
    return {
        key: list(dict.fromkeys([*known.get(key, ()), *sorted(dependencies_in(properties.get(key)))]))
        for key in [*known, *(key for key in properties if key not in known)]
    }


def tracked(properties: Properties, used: dict[str, list[str]]) -> Properties:
    """The properties as output values that carry what they come from, for transforms to see."""
    found = {}
    for key, value in properties.items():
        missing = set(used.get(key, ())) - dependencies_in(value)
        if missing:
            output = value if isinstance(value, Output) else Output(value)
            everything = (*output.dependencies, *sorted(missing))
            value = Output(output.element, output.known, output.secret, everything)
        found[key] = value
    return found


def provider_for(package: str, provider: str, providers: Any, inherited: Mapping[str, str]) -> str:
    """The provider reference a resource gets: its own, one of its `providers`, or its parent's for the package."""
    return provider or providers.get(package, "") or inherited.get(package, "")


def fits_package(reference: str, type_: str) -> bool:
    """Whether a provider reference is of the package that a type belongs to."""
    if not reference:
        return False
    return urns.package_of(urns.type_of(urns.parse_reference(reference)[0])) == urns.package_of(type_)
