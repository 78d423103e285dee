"""Storage accounts: reached over TLS, by identities only, by nobody anonymously."""

from __future__ import annotations

from collections.abc import Iterator

from policy.resource import UNKNOWN, Resource
from policy.rule import Question, ResourceRule

_ACCOUNT = "azure-native:storage:StorageAccount"
_CONTAINER = "azure-native:storage:BlobContainer"


def _transport(resource: Resource, _: Question) -> Iterator[str]:
    if resource.type != _ACCOUNT:
        return
    # What is not set is HTTPS only, but TLS 1.0 (Azure REST API reference, "Storage Accounts - Create").
    if resource.value("enableHttpsTrafficOnly") not in (True, None, UNKNOWN):
        yield f"{resource.name} answers over plain HTTP too. Set enableHttpsTrafficOnly to true."
    version = resource.value("minimumTlsVersion")
    if version not in ("TLS1_2", "TLS1_3", UNKNOWN):
        yield f"{resource.name} takes {version or 'any version of TLS'}. Set minimumTlsVersion to TLS1_2 or TLS1_3."


def _no_shared_keys(resource: Resource, _: Question) -> Iterator[str]:
    if resource.type == _ACCOUNT and resource.value("allowSharedKeyAccess") not in (False, UNKNOWN):
        yield f"{resource.name} can be opened with a key. Set allowSharedKeyAccess to false."


def _no_public_access(resource: Resource, _: Question) -> Iterator[str]:
    if resource.type == _ACCOUNT and resource.value("allowBlobPublicAccess") not in (False, UNKNOWN):
        yield f"{resource.name} lets containers be public. Set allowBlobPublicAccess to false."
    if resource.type == _CONTAINER and resource.value("publicAccess") not in ("None", None, UNKNOWN):
        access = resource.value("publicAccess")
        yield f"{resource.name} can be read by anybody (publicAccess is {access!r}). Set it to None."


TRANSPORT = ResourceRule("storage-transport", "Storage is reached over HTTPS with TLS 1.2 or later.", _transport)
NO_SHARED_KEYS = ResourceRule("no-shared-keys", "No storage account can be opened with a key.", _no_shared_keys)
NO_PUBLIC_ACCESS = ResourceRule("no-public-access", "No blob can be read anonymously.", _no_public_access)
