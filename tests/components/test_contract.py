"""What every component keeps to, so that they all read alike and none is forgotten in a state."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import itertools
import pkgutil
import re
from typing import Any

import pulumi
import pytest

import components
from components.developer_client import DeveloperClient
from tests.components.examples import EXAMPLES, declare
from tests.components.recording import SECRET, Deployment, Registration, deploy

MODULES = [importlib.import_module(f"components.{module.name}") for module in pkgutil.iter_modules(components.__path__)]
COMPONENTS = [
    member
    for module in MODULES
    for member in vars(module).values()
    if inspect.isclass(member) and issubclass(member, pulumi.ComponentResource) and member.__module__ == module.__name__
]
Component = type[pulumi.ComponentResource]
each_component = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)


def deployed(component: Component, *, preview: bool) -> tuple[Registration, Deployment]:
    deployment = deploy(lambda: declare(component, "one"), preview=preview)
    return next(each for each in deployment.registrations if each.type.startswith("keyless:")), deployment


def documented_fields(class_: type) -> set[str]:
    """Returns the annotated names of a class that a string follows."""
    (body,) = (node.body for node in ast.parse(inspect.getsource(class_)).body if isinstance(node, ast.ClassDef))
    return {
        field.target.id
        for field, after in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)
    }


def test_every_component_is_tested_here() -> None:
    assert set(COMPONENTS) == set(EXAMPLES)
    assert COMPONENTS


@each_component
def test_a_component_has_a_stable_type_of_this_project(component: Component, preview: bool) -> None:
    registration, _ = deployed(component, preview=preview)
    assert re.fullmatch(rf"keyless:(identity|compute|state):{component.__name__}", registration.type)


@each_component
def test_a_component_registers_each_output_that_it_declares_and_no_other(component: Component, preview: bool) -> None:
    registration, deployment = deployed(component, preview=preview)
    annotated = vars(component)["__annotations__"]
    declared = [name for name, kind in annotated.items() if "Resource" not in kind]
    camel_case = {re.sub(r"_(\w)", lambda found: found.group(1).upper(), name) for name in declared}
    assert set(deployment.outputs[registration.urn]) == camel_case
    assert camel_case


@each_component
def test_each_output_is_documented(component: Component) -> None:
    assert documented_fields(component) == set(vars(component)["__annotations__"])


@each_component
def test_a_component_has_one_frozen_args_type_with_every_field_documented(component: Component) -> None:
    args: Any = vars(inspect.getmodule(component))[f"{component.__name__}Args"]
    fields = dataclasses.fields(args)
    assert args.__dataclass_params__.frozen
    assert all(field.kw_only for field in fields)
    assert documented_fields(args) == {field.name for field in fields}
    assert list(inspect.signature(component.__init__).parameters) == ["self", "name", "args", "opts"]


@each_component
def test_children_carry_the_name_and_stand_under_the_component(component: Component, preview: bool) -> None:
    registration, deployment = deployed(component, preview=preview)
    children = [each for each in deployment.registrations if each.request.custom]
    assert children
    for child in children:
        assert child.name.startswith(f"{registration.name}-")
        assert child.request.parent == registration.urn


@each_component
def test_the_provider_has_time_wherever_it_waits_for_the_directory(component: Component, preview: bool) -> None:
    _, deployment = deployed(component, preview=preview)
    waiting = {
        "azuread:index/application:Application": ("create", "update", "delete"),
        "azuread:index/servicePrincipal:ServicePrincipal": ("create", "delete"),
        "azuread:index/appRoleAssignment:AppRoleAssignment": ("create",),
    }
    for each in deployment.registrations:
        given = {name for name in ("create", "update", "delete") if getattr(each.request.customTimeouts, name)}
        assert given == set(waiting.get(each.type, ())), each.type


@each_component
def test_two_of_a_component_stand_side_by_side(component: Component, preview: bool) -> None:
    deployment = deploy(lambda: [declare(component, name) for name in ("one", "other")], preview=preview)
    urns = [each.urn for each in deployment.registrations]
    assert len(urns) == len(set(urns))


@each_component
def test_no_output_is_a_secret_but_that_of_a_development_client(component: Component, preview: bool) -> None:
    registration, deployment = deployed(component, preview=preview)
    outputs = deployment.outputs[registration.urn]
    secret = {name for name, value in outputs.items() if next(iter(SECRET)) in str(value)}
    assert secret == ({"clientSecret"} if component is DeveloperClient else set())
