"""msgraph-sdk, Microsoft's own client of Graph, creating, querying, assigning, paging, deleting and reading errors."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import httpx
import pytest
from azure.identity.aio import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder
from msgraph.generated.models.app_role import AppRole
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.application import Application
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.service_principals.service_principals_request_builder import ServicePrincipalsRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory, PageIterator  # type: ignore[import-untyped]

from tests.rehearsal.azure.stand_in import StandIn

Using = Callable[[GraphServiceClient], Awaitable[None]]


def as_deployer(stand_in: StandIn, use: Using) -> None:
    """Run something with a client that is signed in as the deployer and trusts the stand-in's CA."""
    endpoint = stand_in.endpoint

    async def run() -> None:
        async with (
            ClientSecretCredential(
                endpoint.tenant_id,
                endpoint.client_id,
                endpoint.client_secret,
                authority=endpoint.https_url,
                connection_verify=str(endpoint.ca_file),
            ) as credential,
            # The SDK puts its middleware in place of the client's transport and never closes what it replaced.
            httpx.AsyncHTTPTransport(verify=stand_in.trust) as transport,
            httpx.AsyncClient(transport=transport) as http,
        ):
            scopes = ["https://graph.microsoft.com/.default"]
            provider = AzureIdentityAuthenticationProvider(credential, scopes=scopes)
            client = GraphClientFactory.create_with_default_middleware(client=http)
            adapter = GraphRequestAdapter(provider, client)
            # As its default client has it: with this slash the SDK sends /v1.0//applications.
            adapter.base_url = f"{endpoint.https_url}/v1.0/"
            await use(GraphServiceClient(request_adapter=adapter))

    asyncio.run(run())


def things_read_all() -> AppRole:
    return AppRole(
        id=uuid.uuid4(),
        display_name="Read every thing",
        description="Read every thing",
        value="Things.Read.All",
        allowed_member_types=["Application"],
        is_enabled=True,
    )


def test_an_application_is_created_found_assigned_and_deleted(stand_in: StandIn) -> None:
    async def use(graph: GraphServiceClient) -> None:
        role = things_read_all()
        api = await graph.applications.post(Application(display_name="things", app_roles=[role]))
        assert api is not None
        assert api.app_roles is not None
        assert api.app_roles[0].id == role.id
        principal = await graph.service_principals.post(ServicePrincipal(app_id=api.app_id))
        assert principal is not None

        query = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters(
            filter=f"appId eq '{api.app_id}'", select=["id", "appRoles", "displayName"]
        )
        found = await graph.service_principals.get(RequestConfiguration(query_parameters=query))
        assert found is not None
        assert [item.display_name for item in found.value or []] == ["things"]

        deployer = await graph.service_principals_with_app_id(stand_in.endpoint.client_id).get()
        assert deployer is not None
        granted = await graph.service_principals.by_service_principal_id(str(principal.id)).app_role_assigned_to.post(
            AppRoleAssignment(
                principal_id=uuid.UUID(deployer.id), resource_id=uuid.UUID(principal.id), app_role_id=role.id
            )
        )
        assert granted is not None
        assert (granted.resource_display_name, granted.principal_type) == ("things", "ServicePrincipal")

        await graph.applications.by_application_id(str(api.id)).delete()
        deleted = await graph.directory.deleted_items.graph_application.get()
        assert deleted is not None
        assert [item.display_name for item in deleted.value or []] == ["things"]
        await graph.directory.deleted_items.by_directory_object_id(str(api.id)).restore.post()
        assert await graph.applications.by_application_id(str(api.id)).get() is not None

    as_deployer(stand_in, use)


def test_a_listing_is_paged_through_with_its_next_links(stand_in: StandIn) -> None:
    names = {f"application {number:03d}" for number in range(25)}
    for name in names:
        stand_in.made("POST", "/v1.0/applications", {"displayName": name})

    async def use(graph: GraphServiceClient) -> None:
        query = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters(
            top=10, filter="startswith(displayName, 'application')"
        )
        first = await graph.applications.get(RequestConfiguration(query_parameters=query))
        assert first is not None
        assert len(first.value or []) == 10
        seen: set[str] = set()

        def see(application: Application) -> bool:
            seen.add(str(application.display_name))
            return True

        await PageIterator(first, graph.request_adapter).iterate(see)
        assert seen == names

    as_deployer(stand_in, use)


def test_an_error_is_an_error_object_with_code_message_and_request_id(stand_in: StandIn) -> None:
    async def use(graph: GraphServiceClient) -> None:
        missing = str(uuid.uuid4())
        with pytest.raises(ODataError) as caught:
            await graph.applications.by_application_id(missing).get()
        assert caught.value.response_status_code == 404
        error = caught.value.error
        assert error is not None
        assert error.code == "Request_ResourceNotFound"
        assert missing in str(error.message)
        assert error.inner_error is not None
        assert error.inner_error.request_id

    as_deployer(stand_in, use)
