"""An issuer of tokens on loopback whose authority the tool trusts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from tests.workload.issuer import Issuer


@dataclass(frozen=True)
class Authority:
    """An issuer, and the file with the certificate of its certificate authority."""

    issuer: Issuer
    ca_file: Path


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    ca = trustme.CA()
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    issuer = Issuer(ca)
    yield Authority(issuer, file)
    issuer.stop()
