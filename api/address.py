"""Where the server listens, and whether it can."""

from __future__ import annotations

import errno
import ipaddress
import socket
import time
from dataclasses import dataclass

from api.limits import PORT_WAIT_SECONDS

POLL_SECONDS = 0.1


class AddressProblem(Exception):
    """The address cannot be listened on."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port; port 0 is any free one."""

    host: str
    port: int

    @property
    def local_host(self) -> str:
        """Return the host as programs of this machine connect to it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)

    @property
    def url(self) -> str:
        """Return the address as browsers of this machine open it."""
        host = f"[{self.local_host}]" if ":" in self.local_host else self.local_host
        return f"http://{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Tell whether only this machine can connect."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def free_address(address: Address) -> Address:
    """Return the address, with a free port where it says 0, once nobody listens there; AddressProblem where that takes too long.

    granian lets several servers share a port, so that a second one would start without a word and take half the requests.
    """
    deadline = time.monotonic() + PORT_WAIT_SECONDS
    while True:
        try:
            return _probe(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise AddressProblem(f"cannot listen on {address.host}:{address.port}: {error.strerror or error}") from None
            if time.monotonic() > deadline:
                text = f"port {address.port} on {address.host} is in use: stop what runs there or choose another --port"
                raise AddressProblem(text) from None
        time.sleep(POLL_SECONDS)


def _probe(address: Address) -> Address:
    """Bind the address for a moment; names become numbers, of IPv4 where they have one."""
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, place = sorted(found, key=lambda one: one[0] != socket.AF_INET)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(place)
        return Address(str(place[0]), probe.getsockname()[1])
