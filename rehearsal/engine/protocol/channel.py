"""How every gRPC channel and server of the engine is set up: on loopback, for messages as large as Pulumi allows."""

from __future__ import annotations

OPTIONS = (
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
    ("grpc.enable_http_proxy", 0),
)
"""Limits as in pulumi/pulumi, sdk/go/common/util/rpcutil; a proxy has no business on loopback."""

LOOPBACK = "127.0.0.1"
