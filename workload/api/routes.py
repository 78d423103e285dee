"""Every route of the API and the roles it demands: the one place to read who may do what."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .operation import Operation
from .principal import Principal
from .things import add_thing, list_things

# What the API decides by. Neither the token itself is shown, nor claims that say more of the tenant than is needed,
# such as `xms_mirid`, which holds the identity's subscription.
_SHOWN_CLAIMS = (
    *("aud", "iss", "tid", "ver", "oid", "sub", "azp", "appid", "idtyp", "scp", "roles"),
    *("iat", "nbf", "exp"),
)


async def show_caller(_: Request, principal: Principal) -> Response:
    """The claims of the caller's own token by which it was admitted."""
    claims = principal.claims
    return JSONResponse({"claims": {name: claims[name] for name in _SHOWN_CLAIMS if name in claims}})


async def report_health(_: Request) -> Response:
    """That the process answers. It does not look at the key server, whose failure no restart would mend."""
    return JSONResponse({"status": "ok"})


OPERATIONS = (
    Operation("GET", "/things", list_things, "List every thing", roles=("Things.Read.All",)),
    Operation("POST", "/things", add_thing, "Add a thing", roles=("Things.Write.All",)),
    Operation(
        "GET",
        "/whoami",
        show_caller,
        "Show the claims of the caller's token",
        roles=("Things.Read.All", "Things.Write.All"),
        applications_only=False,
    ),
)

# Nothing else is served without a token, save the description of the API at /openapi.json.
PUBLIC = (Route("/health", report_health),)
