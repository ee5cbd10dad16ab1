"""A test reaches this machine and no other."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_another_machine_is_out_of_reach() -> None:
    blocked = pytest.raises(SocketConnectBlockedError)
    with socket.socket() as sock, pytest.warns(UserWarning, match="allowed"), blocked:
        sock.connect(("192.0.2.1", 80))


def test_loopback_is_within_reach() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as phone,
    ):
        phone.sendall(b"xin chao")
