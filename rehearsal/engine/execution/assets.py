"""Hashes of assets and archives, by which a change of their content is seen."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from rehearsal.engine.protocol.host import Refused
from rehearsal.engine.protocol.wire import Hash
from rehearsal.engine.values import Archive, Asset

_SHORT = 100
"""Characters of a name that fit into a plain header."""
_PACKED = (".tar", ".tgz", ".tar.gz", ".zip", ".jar")


def hashed_in(folder: Path) -> Hash:
    """A function that gives assets and archives the SHA-256 of their content; relative paths are of `folder`.

    It raises Refused when a file is missing, and for content on the network, which this engine does not fetch.
    """

    def hashed(value: Asset | Archive) -> Asset | Archive:
        if value.content.get("hash"):
            return value
        digest = hashlib.sha256(_bytes(value, folder)).hexdigest()
        return type(value)({**value.content, "hash": digest})

    return hashed


def _bytes(value: Asset | Archive, folder: Path) -> bytes:
    content = value.content
    if "uri" in content:
        url = urlsplit(content["uri"])
        if url.scheme != "file":
            raise Refused(
                f"the asset {content['uri']} is on the network, and this engine does not fetch it: use a file"
            )
        return _file(Path(url.path))
    if isinstance(value, Asset):
        return content["text"].encode() if "text" in content else _file(folder / content.get("path", ""))
    if "path" in content and (path := folder / content["path"]).name.endswith(_PACKED):
        return _file(path)
    return _packed(value, folder)


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise Refused(f"failed to compute the hash of an asset: {path} can't be read: {fault.strerror}") from fault


def _packed(archive: Archive, folder: Path) -> bytes:
    """An archive's files as the tar that Go's archive/tar writes (sdk/go/common/resource/archive/archive.go)."""
    packed = io.BytesIO()
    for name, data in dict(sorted(_members(archive, folder))).items():
        header = tarfile.TarInfo(name)
        header.mode, header.size = 0o600, len(data)
        block = header.tobuf(tarfile.USTAR_FORMAT if name.isascii() and len(name) <= _SHORT else tarfile.PAX_FORMAT)
        packed.write(_as_go_writes_it(block))
        packed.write(data + bytes(-len(data) % tarfile.BLOCKSIZE))
    packed.write(bytes(2 * tarfile.BLOCKSIZE))
    return packed.getvalue()


def _as_go_writes_it(block: bytes) -> bytes:
    """The header with device numbers, which Go writes for every file, and the checksum that takes them in."""
    *before, header = (block[i : i + tarfile.BLOCKSIZE] for i in range(0, len(block), tarfile.BLOCKSIZE))
    header = header[:329] + b"0000000\0" * 2 + header[345:]
    checksum = sum(header[:148]) + sum(header[156:]) + 8 * ord(" ")
    return b"".join(before) + header[:148] + b"%06o\0 " % checksum + header[156:]


def _members(archive: Archive, folder: Path, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    if "path" in archive.content:
        root = folder / archive.content["path"]
        if not root.is_dir():
            raise Refused(f"failed to compute the hash of an archive: {root} is no folder and no archive file")
        for path in sorted(root.rglob("*")):
            if path.is_file():
                yield f"{prefix}{path.relative_to(root).as_posix()}", _file(path)
        return
    assets: Mapping[str, Asset | Archive] = archive.content.get("assets", {})
    for name, asset in assets.items():
        if isinstance(asset, Archive):
            yield from _members(asset, folder, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", _bytes(asset, folder)
