"""Forbid sockets in the kernels of notebooks: `make test` puts this folder on their path."""

import socket
import sys

if any("ipykernel" in word for word in sys.orig_argv):

    def forbidden(*arguments, **options):
        """Refuse, as no outage would."""
        raise AssertionError("a socket was opened")

    socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = forbidden
    socket.create_connection = socket.getaddrinfo = forbidden
