"""The golden reports, and reports without what is another in every tenant."""

from __future__ import annotations

import re
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def nameless(written: str) -> str:
    """A report without object ids, and without the hash that ends the name of a site."""
    written = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", written)
    return re.sub(r"(keyless-dev-caller-|keylessdevcall)[a-z2-7]{10}", r"\1HASH", written)


def golden(name: str) -> str:
    """The report that a preview has to have, without the same."""
    return nameless((GOLDEN / f"{name}.md").read_text(encoding="utf-8"))
