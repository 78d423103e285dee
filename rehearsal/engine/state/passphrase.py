"""Secrets at rest, in the format of Pulumi's passphrase provider.

AES-256-GCM under a key from PBKDF2-SHA256 with 1,000,000 iterations (pulumi/pulumi, pkg/secrets/passphrase/manager.go
and sdk/go/common/resource/config/crypt.go). A salt line is `v1:<salt>:<ciphertext of "pulumi">`, a ciphertext is
`v1:<nonce>:<encrypted>`, both in base64.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rehearsal.engine.errors import ConfigurationError

_ITERATIONS = 1_000_000
_PROBE = "pulumi"
_SALT_LINE = re.compile(r"v1:(?P<salt>[A-Za-z0-9+/=]+):(?P<probe>v1:[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+)")


class Secrets:
    """Encrypts and decrypts with one passphrase and salt line."""

    def __init__(self, passphrase: str, salt_line: str) -> None:
        """Raises ConfigurationError when the salt line is malformed or belongs to another passphrase."""
        self.salt_line = salt_line
        self._known: dict[tuple[str, str], str] = {}
        match = _SALT_LINE.fullmatch(salt_line)
        if match is None:
            raise ConfigurationError(
                f"The encryption salt {salt_line!r} is malformed. Expected v1:<salt>:v1:<nonce>:<ciphertext>, all in "
                "base64, as `pulumi stack init` writes it to Pulumi.<stack>.yaml."
            )
        self._cipher = AESGCM(_key(passphrase, base64.b64decode(match["salt"])))
        try:
            fits = self.decrypt(match["probe"]) == _PROBE
        except ConfigurationError:
            fits = False
        if not fits:
            raise ConfigurationError(
                "incorrect passphrase: it does not fit the stack's encryption salt.\n"
                "Set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was created with."
            )

    @classmethod
    def new(cls, passphrase: str) -> Secrets:
        """Start with a new random salt."""
        salt = _new_salt()
        cipher = AESGCM(_key(passphrase, salt))
        return cls(passphrase, f"v1:{base64.b64encode(salt).decode()}:{_encrypt(cipher, _PROBE)}")

    def encrypt(self, plaintext: str, place: str = "") -> str:
        """A ciphertext. What was already secret at that place keeps its own, so that unchanged state stays the same."""
        known = self._known.get((place, plaintext))
        if known is None:
            known = self._known[place, plaintext] = _encrypt(self._cipher, plaintext)
        return known

    def decrypt(self, ciphertext: str, place: str = "") -> str:
        """The plaintext. Raises ConfigurationError when it was not encrypted with this passphrase and salt."""
        try:
            _, nonce, encrypted = ciphertext.split(":")
            plaintext = self._cipher.decrypt(base64.b64decode(nonce), base64.b64decode(encrypted), None).decode()
        except (ValueError, InvalidTag) as fault:
            raise ConfigurationError(
                "A secret can't be decrypted: it was encrypted with another passphrase or salt, or it was changed."
            ) from fault
        self._known[place, plaintext] = ciphertext
        return plaintext


def _new_salt() -> bytes:
    return os.urandom(8)


def _encrypt(cipher: AESGCM, plaintext: str) -> str:
    nonce = os.urandom(12)
    encrypted = cipher.encrypt(nonce, plaintext.encode(), None)
    return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(encrypted).decode()}"


@functools.lru_cache(maxsize=32)
def _key(passphrase: str, salt: bytes) -> bytes:
    """Deriving takes about half a second by design, and commands derive the same key several times."""
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ITERATIONS, 32)
