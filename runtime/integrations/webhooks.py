"""Telling another system: a signed POST of JSON, to the outside world or to hosts that the installation names.

The receiver computes HMAC-SHA256 of the body with the shared secret and compares it with `X-Guantong-Signature`; the
same `X-Guantong-Delivery` may come again, when its answer was lost. An address of an inner network is refused: a flow
must not be a way to reach what only this server reaches. The address that was judged is the one that is connected to.
"""

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
from urllib.parse import SplitResult, urlsplit

from flask import current_app
from flask_babel import gettext as _

from core.db import Document, dump_json
from core.errors import Invalid, Problem

PATIENCE = 10.0  # seconds
PORTS = {"http": 80, "https": 443}


class NotTaken(Exception):
    """The other system did not answer with 2xx; worth another try."""


def post(url: str, document: Document, delivery: str) -> int:
    """Send it; the status of the answer. Raises Invalid for an address that is not allowed or a missing secret, which
    no further try would mend; NotTaken and OSError for what may be better later."""
    parts = urlsplit(url)
    address = _address(parts)
    body = dump_json(document).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Guantong-Signature": f"sha256={signature(_secret(), body)}",
        "X-Guantong-Delivery": delivery,
    }
    connection = _connected(parts, address)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotTaken(f"{parts.hostname} answered {status}")
    return status


def signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _secret() -> str:
    secret: str | None = current_app.config["SETTINGS"].webhook_secret
    if not secret:
        raise Invalid([Problem("/url", "no_secret", _("Set GUANTONG_WEBHOOK_SECRET, and start the server again."))])
    return secret


def _address(parts: SplitResult) -> tuple[str, int]:
    """Where to connect to. Raises Invalid for an inner address that the installation does not name."""
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise Invalid([Problem("/url", "url", _("An address begins with https:// or http://."))])
    port = parts.port or PORTS[parts.scheme]
    found = [str(one[4][0]) for one in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]
    named = parts.hostname in current_app.config["SETTINGS"].webhook_hosts
    if not named and not all(ipaddress.ip_address(one).is_global for one in found):
        sentence = _("%(host)s is on an inner network. Name it in GUANTONG_WEBHOOK_HOSTS first.", host=parts.hostname)
        raise Invalid([Problem("/url", "inner_address", sentence)])
    return found[0], port


def _connected(parts: SplitResult, address: tuple[str, int]) -> http.client.HTTPConnection:
    """A connection to the very address that was judged, so that no later answer of a name server leads elsewhere."""
    assert parts.hostname is not None, "an address without a host was refused"
    plain = socket.create_connection(address, PATIENCE)
    connection = http.client.HTTPConnection(parts.hostname, address[1], timeout=PATIENCE)
    if parts.scheme == "https":
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)
    else:
        connection.sock = plain
    return connection
