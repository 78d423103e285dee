"""The provider interface over gRPC: versions, errors without tracebacks, calls side by side, and what Cancel does."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import grpc
import pytest
import trustme
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from rehearsal.azure.server import Endpoint
from rehearsal.providers.packages import NAMES, PackageName
from rehearsal.providers.serving import serving
from tests.rehearsal.providers.caller import APPLICATION, Caller, Refused, bag, urn


@pytest.fixture(params=NAMES)
def package(request: pytest.FixtureRequest) -> PackageName:
    name: PackageName = request.param
    return name


@pytest.fixture
def caller(package: PackageName, endpoint: Endpoint) -> Iterator[Caller]:
    with serving(package, endpoint.environment()) as address, Caller(address) as connected:
        yield connected


def test_a_provider_says_which_version_it_stands_for(caller: Caller, package: PackageName) -> None:
    assert caller.stub.GetPluginInfo(empty_pb2.Empty()).version == version(f"pulumi-{package}")


def test_the_real_cli_may_shake_hands_and_attach(caller: Caller) -> None:
    hand = caller.stub.Handshake(pb.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert hand.supports_autonaming_configuration
    assert (hand.accept_secrets, hand.accept_resources, hand.accept_outputs) == (False, False, False)
    caller.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))


def test_the_schema_names_the_types_there_are(caller: Caller, package: PackageName) -> None:
    schema = json.loads(caller.stub.GetSchema(pb.GetSchemaRequest(version=0)).schema)
    assert schema["name"] == package
    assert all(token.startswith(f"{package}:") for token in schema["resources"])
    assert len(schema["resources"]) >= 4


@pytest.mark.parametrize("method", ["Construct", "Call", "Parameterize"])
def test_what_is_not_served_is_unimplemented(caller: Caller, method: str) -> None:
    with pytest.raises(Refused) as refused:
        caller.call(method, getattr(pb, f"{method}Request")())
    assert refused.value.code is grpc.StatusCode.UNIMPLEMENTED


def test_an_unknown_type_is_named(caller: Caller, package: PackageName) -> None:
    caller.configure()
    type_ = f"{package}:index/nothing:Nothing"
    text = {
        "azuread": f"unrecognized resource type (Check): {type_}",
        "azure-native": f"Resource type {type_} not found",
    }
    with pytest.raises(Refused) as refused:
        caller.check(type_, {})
    assert (str(refused.value), refused.value.code) == (text[package], grpc.StatusCode.UNKNOWN)


def test_an_error_shows_no_traceback_and_no_path_of_this_machine(caller: Caller, package: PackageName) -> None:
    caller.configure()
    with pytest.raises(Refused) as refused:
        caller.check("no type at all", {})
    assert "Traceback" not in str(refused.value)
    assert ".py" not in str(refused.value)
    # An URN that is none is an error of the caller that nobody has words for; it still gets an answer.
    with pytest.raises(Refused) as broken:
        caller.call("Check", pb.CheckRequest(urn="nonsense", news=bag({})))
    assert ".py" not in str(broken.value)
    assert "Traceback" not in str(broken.value)


def test_types_of_children_are_known_by_their_last_part(caller: Caller, package: PackageName) -> None:
    caller.configure()
    type_ = APPLICATION if package == "azuread" else "azure-native:web:WebAppApplicationSettings"
    _, alone = caller.check(type_, {})
    _, below = caller.check(f"keyless:index:Parent$other:index:Child${type_}", {})
    assert alone == below
    assert alone != []


def test_calls_wait_side_by_side_and_end_with_the_serving(endpoint: Endpoint, tmp_path: Path) -> None:
    # Whoever asks this server for its metadata is heard and waits for ever.
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(identity)
    with socket.create_server(("127.0.0.1", 0)) as silent, ExitStack() as heard:
        environment = {
            **endpoint.environment(),
            "ARM_METADATA_HOSTNAME": f"127.0.0.1:{silent.getsockname()[1]}",
            "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
        }
        with serving("azuread", environment) as address:
            caller = heard.enter_context(Caller(address))
            waiting = [caller.stub.Configure.future(pb.ConfigureRequest(args=bag({}))) for _ in range(40)]
            for _ in waiting:
                connection = heard.enter_context(identity.wrap_socket(silent.accept()[0], server_side=True))
                assert connection.recv(1000).startswith(b"GET /metadata/endpoints?api-version=2022-09-01 ")
            assert not any(call.done() for call in waiting)
        ends = {call.exception(timeout=60).code() for call in waiting}
        assert ends <= {grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE}


def test_a_diff_of_unknown_urns_names_the_type(endpoint: Endpoint) -> None:
    with serving("azuread", endpoint.environment()) as address, Caller(address) as caller:
        with pytest.raises(Refused) as refused:
            caller.call("Diff", pb.DiffRequest(urn=urn("azuread:index/user:User"), news=bag({})))
        assert str(refused.value) == "unrecognized resource type (Diff): azuread:index/user:User"
