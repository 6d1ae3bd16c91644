"""A small STUN and TURN client (RFC 8489, RFC 8656) over UDP and TLS. Standard library only."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import socket
import ssl
import struct

COOKIE = 0x2112A442
BINDING, ALLOCATE, REFRESH, PERMISSION = 0x001, 0x003, 0x004, 0x008
USERNAME, INTEGRITY, ERROR, PEER, REALM, NONCE = 0x0006, 0x0008, 0x0009, 0x0012, 0x0014, 0x0015
RELAYED, FAMILY, TRANSPORT, MAPPED, LIFETIME = 0x0016, 0x0017, 0x0019, 0x0020, 0x000D


class Refused(Exception):
    """The server answered with an error; `code` is its number."""

    def __init__(self, code: int, reason: str):
        super().__init__(f"{code} {reason}")
        self.code = code


class Udp:
    """Messages in datagrams; asks again, as datagrams get lost."""

    def __init__(self, source: str, target: str, port: int):
        family = socket.AF_INET6 if ":" in target else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.bind((source, 0))
        self.sock.connect((target, port))
        self.family = 6 if ":" in target else 4

    def ask(self, message: bytes) -> bytes:
        for patience in (0.5, 1, 2, 4):
            self.sock.send(message)
            self.sock.settimeout(patience)
            try:
                while (answer := self.sock.recv(2048))[8:20] != message[8:20]:
                    pass
                return answer
            except TimeoutError:
                continue
        raise TimeoutError("no answer")

    def close(self) -> None:
        self.sock.close()


class Tls:
    """Messages in a stream inside TLS, with the certificate checked."""

    def __init__(self, source: str, target: str, port: int, name: str, authority: str):
        raw = socket.create_connection((target, port), 10, (source, 0))
        self.sock = ssl.create_default_context(cafile=authority).wrap_socket(raw, server_hostname=name)
        self.family = 6 if ":" in target else 4

    def ask(self, message: bytes) -> bytes:
        self.sock.sendall(message)
        while True:
            head = self._take(20)
            answer = head + self._take(struct.unpack("!H", head[2:4])[0])
            if answer[8:20] == message[8:20]:
                return answer

    def _take(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.sock.recv(count - len(data))
            if not more:
                raise ConnectionError("the server closed the connection")
            data += more
        return data

    def close(self) -> None:
        self.sock.close()


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute, padded to four bytes."""
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def message(method: int, attributes: bytes, key: bytes | None = None) -> bytes:
    """A request, signed where there is a key."""
    ident = os.urandom(12)

    def head(length: int) -> bytes:
        return struct.pack("!HHI", method, length, COOKIE) + ident

    if key is None:
        return head(len(attributes)) + attributes
    mac = hmac.new(key, head(len(attributes) + 24) + attributes, hashlib.sha1).digest()
    return head(len(attributes) + 24) + attributes + attribute(INTEGRITY, mac)


def parse(answer: bytes) -> tuple[bool, dict[int, bytes]]:
    """Whether it is a success, and the attributes."""
    kind, length = struct.unpack("!HH", answer[:4])
    found, rest = {}, answer[20 : 20 + length]
    while rest:
        name, size = struct.unpack("!HH", rest[:4])
        found.setdefault(name, rest[4 : 4 + size])
        rest = rest[4 + size + (-size % 4) :]
    return (kind & 0x0110) == 0x0100, found


def code_of(attributes: dict[int, bytes]) -> int:
    value = attributes.get(ERROR, b"\0\0\0\0")
    return (value[2] & 7) * 100 + value[3]


def xored(address: str, port: int, ident: bytes) -> bytes:
    """XOR-PEER-ADDRESS."""
    ip = ipaddress.ip_address(address)
    mask = struct.pack("!I", COOKIE) + (ident if ip.version == 6 else b"")
    bits = bytes(a ^ b for a, b in zip(ip.packed, mask))
    return struct.pack("!BBH", 0, 2 if ip.version == 6 else 1, port ^ (COOKIE >> 16)) + bits


def binding(transport: Udp) -> str:
    """The address that the server sees."""
    asked = message(BINDING, b"")
    well, found = parse(transport.ask(asked))
    transport.close()
    if not well or MAPPED not in found:
        raise Refused(code_of(found), "no address")
    mask = struct.pack("!I", COOKIE) + asked[8:20]
    return str(ipaddress.ip_address(bytes(a ^ b for a, b in zip(found[MAPPED][4:], mask))))


class Relay:
    """One allocation, of the same family as the way to the server."""

    def __init__(self, transport: Udp | Tls):
        self.transport, self.signed, self.key = transport, b"", None

    def __enter__(self) -> "Relay":
        return self

    def __exit__(self, *_) -> None:
        if self.key is not None:
            # The share of allocations of one person is small: this one is given back.
            try:
                self._ask(REFRESH, attribute(LIFETIME, b"\0\0\0\0"))
            except (OSError, Refused):
                pass
        self.transport.close()

    def allocate(self, credentials: tuple[str, str] | None) -> None:
        family = attribute(FAMILY, bytes([2 if self.transport.family == 6 else 1, 0, 0, 0]))
        wanted = attribute(TRANSPORT, b"\x11\0\0\0") + family
        well, found = parse(self.transport.ask(message(ALLOCATE, wanted)))
        if well:
            raise AssertionError("an allocation without credentials")
        if credentials is None or code_of(found) != 401:
            raise Refused(code_of(found), "without credentials")
        name, password = credentials
        realm = found[REALM]
        self.signed = attribute(USERNAME, name.encode()) + attribute(REALM, realm) + attribute(NONCE, found[NONCE])
        self.key = hashlib.md5(b":".join((name.encode(), realm, password.encode()))).digest()
        try:
            found = self._ask(ALLOCATE, wanted)
        except Refused:
            self.key = None
            raise
        if RELAYED not in found:
            raise AssertionError("no relayed address")

    def permit(self, address: str) -> None:
        """Asks for permission to speak with a peer."""
        # An IPv6 address is masked with the message's own number, so it is made before the message.
        ident = os.urandom(12)
        peer = attribute(PEER, xored(address, 40000, ident))
        attributes = self.signed + peer
        head = struct.pack("!HHI", PERMISSION, len(attributes) + 24, COOKIE) + ident
        mac = hmac.new(self.key, head + attributes, hashlib.sha1).digest()
        well, found = parse(self.transport.ask(head + attributes + attribute(INTEGRITY, mac)))
        if not well:
            raise Refused(code_of(found), f"peer {address}")

    def _ask(self, method: int, attributes: bytes) -> dict[int, bytes]:
        well, found = parse(self.transport.ask(message(method, self.signed + attributes, self.key)))
        if not well:
            raise Refused(code_of(found), "refused")
        return found
