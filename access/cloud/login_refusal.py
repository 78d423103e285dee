"""What the login service says when it gives no token, and what to do about it."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"AADSTS(?P<code>\d+):.*?(?=\s*Trace ID:|[\r\n]|$)")
_ENDED = frozenset({"50132", "50133", "50173", "70008", "70043", "700082", "700084"})
"""Sessions that are over: expired, revoked, or older than a policy allows."""
HOW = (
    "Sign in with `az login`, or set ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET (or ARM_OIDC_TOKEN_FILE_PATH), "
    "or the AZURE_* variables of azure-identity."
)
_OF_SCOPE = {
    "500011": "No API of the tenant has this identifier URI. Is it spelled as in the stack's output `scope`?",
    "501051": (
        "Who is signed in holds no role on this API, and the API demands one: grant it, or ask as the function's "
        "identity."
    ),
}
"""What is wrong with what the token is asked for, not with who asks."""
_ADVICE = {
    **dict.fromkeys(_ENDED, "The login has expired. Sign in again: az login"),
    "700024": (
        "The token of the CI system has expired. Have it issue a new one (ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH), "
        "or run the job again."
    ),
    "7000222": (
        "The client secret has expired. Sign in again without one (ARM_OIDC_TOKEN_FILE_PATH, or `az login`), or with a "
        "new one: az ad app credential reset --id $ARM_CLIENT_ID"
    ),
}
"""Microsoft Entra documentation, "Microsoft Entra authentication and authorization error codes"."""


def explained(scope: str, error: BaseException) -> str:
    """Returns for the user why there is no token for `scope`: in Entra's own words, which may stand deep in what the
    credentials of azure-identity tell, and with what to do.
    """
    found = _SENTENCE.search(str(error))
    said = found[0] if found else first_line(error)
    code = found["code"] if found else ""
    if code in _OF_SCOPE:
        return f"No token for {scope}: {said}\n{_OF_SCOPE[code]}"
    return f"Not signed in: {said}\n{_ADVICE.get(code, HOW)}"


def first_line(error: BaseException) -> str:
    """Returns the first line of an error's message that says something."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
