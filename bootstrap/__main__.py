"""Who CI signs in as, what each identity may do, and where state and keys are kept."""

import sys
from pathlib import Path

# The components are those of the program that CI deploys, and lie beside this folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pulumi
from pulumi_azure_native import authorization

from bootstrap import identities, keeping
from bootstrap.github_variables import GithubVariables
from bootstrap.settings import Settings
from components.environment_access import EnvironmentAccess, EnvironmentAccessArgs
from components.tenant import Tenant

settings = Settings.load()
tenant = Tenant.signed_in()
subscription = authorization.get_client_config().subscription_id
settings.keep_state_apart(subscription)

pipeline = identities.declare(settings, tenant)
for environment, its_own in settings.environments.items():
    EnvironmentAccess(
        environment,
        EnvironmentAccessArgs(
            subscription_id=its_own,
            settings_reader=f"{settings.repository.full_name}: settings reader {environment}",
            preview_principal_id=pipeline.preview.principal_id,
            deploy_principal_id=pipeline.deployers[environment].principal_id,
        ),
    )
variables = GithubVariables.of(settings, tenant.id, pipeline)

if settings.state_storage or settings.secrets_keys:
    place = keeping.Place.declare(settings, tenant, subscription)
if settings.state_storage:
    state = keeping.state(settings, place, pipeline)
    variables.add_backends(state.backend_urls)
    pulumi.export("backendUrls", state.backend_urls)
if settings.secrets_keys:
    pulumi.export("secretsProviders", keeping.keys(settings, place, pipeline).providers)

pulumi.export("tenantId", tenant.id)
pulumi.export("previewClientId", pipeline.preview.client_id)
pulumi.export("deployClientIds", {name: each.client_id for name, each in pipeline.deployers.items()})
pulumi.export("githubVariables", variables.described())
