"""An identity provider and a portal for the tests: RSA keys by `openssl`, a JWKS over HTTP and HTTPS, tokens good and bad."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import http.server
import json
import pathlib
import ssl
import subprocess
import tempfile
import threading
import time
from typing import Iterator

from server import HOST, base64url


class Key:
    """An RSA key with the name that a JWKS gives it."""

    def __init__(self, kid: str, private: bytes | None = None):
        self.kid = kid
        self.private = private or openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])

    @functools.cached_property
    def public(self) -> bytes:
        """The public key as PEM."""
        return openssl(["pkey", "-pubout"], self.private)

    @property
    def jwk(self) -> dict[str, str]:
        modulus = openssl(["rsa", "-noout", "-modulus"], self.private).decode().strip().partition("=")[2]
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "e": "AQAB", "n": base64url(bytes.fromhex(modulus))}

    def sign(self, text: str) -> bytes:
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.private)
            file.flush()
            return openssl(["dgst", "-sha256", "-sign", file.name], text.encode())


def openssl(arguments: list[str], given: bytes = b"") -> bytes:
    """What `openssl` answers."""
    return subprocess.run(["openssl", *arguments], input=given, check=True, capture_output=True).stdout


KEYS: dict[str, Key] = {}
MAKING = threading.Lock()


def key(kid: str) -> Key:
    """The key of this name; made when first asked for, by the test or by a server's thread."""
    with MAKING:
        if kid not in KEYS:
            KEYS[kid] = Key(kid)
        return KEYS[kid]


class QuietServer(http.server.ThreadingHTTPServer):
    """Says nothing of clients that hang up: one that does not trust the certificate does, and is meant to."""

    def handle_error(self, *_: object) -> None:
        pass


class Provider:
    """Serves a JWKS of the keys that `kids` names; `away` makes it answer with an error instead."""

    def __init__(self, *kids: str, away: bool = False, encrypted: bool = False, name: str = "localhost", address: str = "127.0.0.1"):
        self.kids, self.away, self.served, self.folder, self.name = list(kids), away, False, None, name
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if provider.away:
                    return self.send_error(503)
                provider.served = True
                body = json.dumps({"keys": [key(kid).jwk for kid in provider.kids]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Cache-Control", "max-age=1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = QuietServer((address, 0), Handler)
        if encrypted:
            self._encrypt()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _encrypt(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="vc4all-provider-")
        folder = pathlib.Path(self.folder.name)
        folder.chmod(0o755)
        openssl(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                 "-subj", f"/CN={self.name}", "-addext", f"subjectAltName=DNS:{self.name}",
                 "-keyout", str(folder / "key.pem"), "-out", str(self.certificate)])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, folder / "key.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    @property
    def certificate(self) -> pathlib.Path:
        return pathlib.Path(self.folder.name) / "certificate.pem"

    @property
    def keys(self) -> str:
        """The address of the JWKS."""
        port = self.server.server_address[1]
        return f"https://{self.name}:{port}/certs" if self.folder else f"http://127.0.0.1:{port}/certs"

    @contextlib.contextmanager
    def gone(self) -> Iterator[None]:
        """While the provider cannot be reached."""
        self.away = True
        try:
            yield
        finally:
            self.away = False


def signed(signer: Key, claims: dict[str, object], *, without: tuple[str, ...] = (), **header: object) -> str:
    """A token (RS256) with these claims; `header` replaces fields, `without` leaves some of header and claims out."""
    text = head({"alg": "RS256", "typ": "JWT", "kid": signer.kid} | header, claims, without)
    return f"{text}.{base64url(signer.sign(text))}"


def hashed(secret: bytes, claims: dict[str, object], *, without: tuple[str, ...] = (), **header: object) -> str:
    """The same with a secret (HS256)."""
    text = head({"alg": "HS256", "typ": "JWT"} | header, claims, without)
    return f"{text}.{base64url(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def head(header: dict[str, object], claims: dict[str, object], without: tuple[str, ...]) -> str:
    """Header and claims as they are signed."""
    parts = [{name: value for name, value in part.items() if name not in without} for part in (header, claims)]
    return ".".join(base64url(json.dumps(part).encode()) for part in parts)


def id_token(issuer: str, audience: str, **claims: object) -> dict[str, object]:
    """The claims of an ID token as Keycloak makes it (OpenID Connect Core §2); there is no room in it."""
    now = int(time.time())
    return {
        "iss": issuer, "aud": audience, "azp": audience, "sub": "4f6c1f0a-8d4e-4f3b-9a55-0d7f5a3f9f10", "typ": "ID",
        "iat": now, "exp": now + 600, "auth_time": now, "sid": "1c0c", "name": "Jo Voorbeeld",
    } | claims


def room_token(issuer: str, audience: str, **claims: object) -> dict[str, object]:
    """The claims that a portal has to write, beside `room`."""
    now = int(time.time())
    return {
        "iss": issuer, "aud": audience, "sub": HOST, "iat": now, "nbf": now - 10, "exp": now + 600,
        "context": {"user": {"name": "Jo Voorbeeld", "id": "9b2e"}},
    } | claims
