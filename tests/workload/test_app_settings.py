"""What the function says of app settings with which it cannot call anything."""

import pytest

from app_settings import AppSettings
from call_failures import MisconfiguredError

GOOD = {"API_URL": "https://things.example.com", "API_SCOPE": "api://things/.default"}
PREFIX = "The settings of this app need correcting; its log says which."


def fault(**changes: str) -> str:
    with pytest.raises(MisconfiguredError) as error:
        AppSettings.read(GOOD | changes)
    assert error.value.detail == PREFIX
    return str(error.value).removeprefix(f"{PREFIX} ")


@pytest.mark.parametrize(
    "url",
    [
        "https://things.example.com",
        "https://things.example.com:8443/base/path",
        "http://127.0.0.1:8000",
        "http://127.9.9.9",
        "http://[::1]:8000",
        "http://localhost:8000",
    ],
)
def test_an_api_is_called_over_tls_or_on_this_machine(url: str) -> None:
    assert AppSettings.read(GOOD | {"API_URL": f" {url}/ "}).api_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://things.example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0",
        "ftp://localhost",
        "things.example.com",
        "https://",
        "https:///things",
        "https://user@things.example.com",
        "https://things.example.com?to=elsewhere",
        "https://things.example.com#part",
        "https://things.example.com:port",
        "https://[::1",
        "http://localhost@things.example.com",
    ],
)
def test_a_token_is_never_sent_where_others_could_read_it(url: str) -> None:
    assert fault(API_URL=url) == (
        f"API_URL is {url!r}: it must be https:// with a host (http:// only to this machine) and have no user, query "
        "or fragment, since an access token travels there."
    )


@pytest.mark.parametrize("scope", ["api://things", "api://things/Things.Read.All", "/.default", "api://a b/.default"])
def test_a_scope_that_entra_would_refuse_is_refused_before(scope: str) -> None:
    assert fault(API_SCOPE=scope) == (
        f"API_SCOPE is {scope!r}: it must be the API's identifier URI followed by /.default, the stack's output "
        "`scope`."
    )


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(MisconfiguredError) as error:
        AppSettings.read({})
    assert str(error.value) == (
        f"{PREFIX} API_URL is missing: add it to keyless:appSettings in Pulumi.<stack>.yaml. API_SCOPE is missing: it "
        "is the stack's output `scope`, which `pulumi up` sets."
    )
