"""A Prosody with the gate, or a server that means harm, behind TLS on port 443; reads JSON on standard input.

`{"address", "room", "flavour": {…}}` starts Prosody as `tests/prosody` does, and prints a meeting host's token;
`{"address", "hostile": KIND}` starts the other one. It prints `ready` when it answers, and ends with its input.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "prosody"))

from names import HOST  # noqa: E402
from server import STAND_INS, FakeFocus, Flavour, Server, make_token  # noqa: E402


def listen(address: str, serve) -> None:
    """Ends TLS on port 443, and serves each connection on a thread."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vc4all-front-"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={HOST}", "-keyout", folder / "key", "-out", folder / "certificate"],
        check=True, capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate", folder / "key")
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    listener = socket.create_server((address, 443), backlog=64)

    def one(raw: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(raw, server_side=True) as connection:
            serve(connection)

    def accept() -> None:
        while True:
            raw, _ = listener.accept()
            threading.Thread(target=one, args=(raw,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def forward(port: int):
    """Carries bytes to Prosody and back."""

    def copy(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve(connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as prosody:
            back = threading.Thread(target=copy, args=(prosody, connection), daemon=True)
            back.start()
            copy(connection, prosody)
            back.join(5)

    return serve


HARM = {
    "noise": [bytes(range(256)) * 4],
    "no xml": [b"hello", b"<", b"<a></b>"],
    "deep": [b"<a>" * 60000],
    "entities": [b"<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'>]><a>&b;</a>"],
    "long": [b"<a>" + b"x" * 1_000_000 + b"</a>"],
    "flood": [b"<body xmlns='http://jabber.org/protocol/httpbind' sid='s'>" + b"<message/>" * 500 + b"</body>"] * 100,
    "endless": None,
    "escapes": [
        b"<body xmlns='http://jabber.org/protocol/httpbind' sid='\xc2\x9b&#39;' type='terminate' condition='&lt;x&gt;'/>",
    ],
}


def hostile(kind: str):
    """Agrees to a websocket, and answers a POST; what comes then means harm."""

    def serve(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        lines = {name.lower(): value for name, value in lines.items()}
        pieces = HARM[kind]
        if key := lines.get(b"sec-websocket-key"):
            accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
            connection.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Protocol: xmpp\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            for piece in pieces or []:
                connection.sendall(b"\x81\x7f" + struct.pack(">Q", len(piece)) + piece)
            if pieces is None:
                connection.sendall(b"\x81\x7f" + struct.pack(">Q", 200_000))
        else:
            body = (pieces or [b""])[0]
            length = 200_000 if pieces is None else len(body)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + body)
        while pieces is None:
            connection.sendall(b"<")
            time.sleep(0.1)
        connection.recv(65536)

    return serve


def main() -> None:
    given = json.loads(sys.stdin.readline())
    with contextlib.ExitStack() as stack:
        if kind := given.get("hostile"):
            listen(given["address"], hostile(kind))
        else:
            flavour = given["flavour"]
            pairs = {name: tuple(map(tuple, edits)) for name, edits in flavour.items() if isinstance(edits, list)}
            server = Server(Flavour(**(flavour | pairs)), STAND_INS)
            stack.callback(server.stop)
            server.start()
            stack.callback(FakeFocus(server.url).close)
            listen(given["address"], forward(server.http_port))
            print(make_token(given["room"]), flush=True)
        print("ready", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
