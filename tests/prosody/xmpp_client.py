"""A small XMPP client for tests: BOSH and websocket, as Jitsi's web client uses them. Standard library only.

    with Client.connect("https://HOST", "guest.HOST", room="r", transport="websocket",
                        connect_to="10.87.0.11", ca_file="ca.pem") as guest:
        guest.request_conference("r@conference.HOST")
        answer = guest.join("r@conference.HOST", name="Gerda")
        if answer.lobby:
            guest.knock(answer.lobby, name="Gerda")
            guest.wait_admitted("r@conference.HOST")

Every wait has a deadline and raises `Timeout`; an error stanza raises `StanzaError`; a refused log-in
raises `LoginRefused`.
"""

from __future__ import annotations

import base64
import collections
import dataclasses
import os
import random
import select
import socket
import ssl
import threading
import time
import urllib.parse
import uuid
from typing import Callable, Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

MUC = "http://jabber.org/protocol/muc"
MUC_USER = MUC + "#user"
MUC_ADMIN = MUC + "#admin"
MUC_OWNER = MUC + "#owner"
MUC_CONFIG = MUC + "#roomconfig"
CLIENT = "jabber:client"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
HTTPBIND = "http://jabber.org/protocol/httpbind"
FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
DATA_FORM = "jabber:x:data"
DISCO_INFO = "http://jabber.org/protocol/disco#info"
DISCO_ITEMS = "http://jabber.org/protocol/disco#items"
FOCUS = "http://jitsi.org/protocol/focus"
JITMEET = "http://jitsi.org/jitmeet"
NICK = "http://jabber.org/protocol/nick"
EXTDISCO = "urn:xmpp:extdisco:2"
SMACKS = "urn:xmpp:sm:3"

Element = ElementTree.Element


class XmppError(Exception):
    """Anything that went wrong on the wire."""


class Timeout(XmppError):
    """What was awaited did not come in time."""


class LoginRefused(XmppError):
    """The server refused the log-in; `condition` is the SASL condition, `text` its explanation."""

    def __init__(self, condition: str, text: str):
        super().__init__(f"log-in refused: {condition} {text}".rstrip())
        self.condition, self.text = condition, text


class StanzaError(XmppError):
    """An error stanza; `condition` is its defined condition, for example `forbidden`."""

    def __init__(self, condition: str, text: str = ""):
        super().__init__(f"{condition} {text}".rstrip())
        self.condition, self.text = condition, text

    @classmethod
    def of(cls, stanza: Element) -> "StanzaError":
        error = child(stanza, "error")
        conditions = [local(c) for c in error if namespace(c) == STANZAS and local(c) != "text"] if error is not None else []
        text = next((c.text or "" for c in error if local(c) == "text"), "") if error is not None else ""
        return cls(conditions[0] if conditions else "undefined-condition", text)


@dataclasses.dataclass
class JoinAnswer:
    """What the server said to a join. `inside` or an error `condition` (for example
    `registration-required` with the address of the `lobby`)."""

    inside: bool
    condition: str | None = None
    text: str = ""
    lobby: str | None = None
    waiting_for_host: bool = False
    affiliation: str | None = None
    role: str | None = None


@dataclasses.dataclass
class Knocker:
    """Somebody who waits in a lobby, as a moderator sees it."""

    nick: str
    jid: str
    name: str


# ---- XML --------------------------------------------------------------------------------------------


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def namespace(element: Element) -> str:
    """The element's namespace."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def child(element: Element, name: str, space: str | None = None) -> Element | None:
    """The first child of that name (and namespace)."""
    return next((c for c in element if local(c) == name and (space is None or namespace(c) == space)), None)


def bare(jid: str) -> str:
    """The address without resource."""
    return jid.partition("/")[0]


def has_status(presence: Element, code: str) -> bool:
    """Whether a MUC presence carries a status code."""
    x = child(presence, "x", MUC_USER)
    return x is not None and any(local(s) == "status" and s.get("code") == code for s in x)


# ---- connections --------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """Where the web front is: a base URL, and optionally another address to dial and a CA file."""

    url: str
    connect_to: str | None = None
    ca_file: str | None = None
    host_header: str | None = None
    forwarded_for: str | None = None

    def dial(self, timeout: float) -> socket.socket:
        parts = urllib.parse.urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        raw = socket.create_connection((self.connect_to or parts.hostname, port), timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if parts.scheme != "https":
            return raw
        context = ssl.create_default_context(cafile=self.ca_file)
        return context.wrap_socket(raw, server_hostname=parts.hostname)

    @property
    def host(self) -> str:
        parts = urllib.parse.urlsplit(self.url)
        return self.host_header or parts.netloc

    @property
    def extra(self) -> str:
        """What nginx adds to the head of a request, where the client speaks with Prosody itself."""
        return f"X-Forwarded-For: {self.forwarded_for}\r\n" if self.forwarded_for else ""

    @property
    def origin(self) -> str:
        parts = urllib.parse.urlsplit(self.url)
        return f"{parts.scheme}://{self.host_header or parts.netloc}"

    def path(self, name: str, query: dict[str, str]) -> str:
        prefix = urllib.parse.urlsplit(self.url).path.rstrip("/")
        text = urllib.parse.urlencode(query)
        return f"{prefix}/{name}" + (f"?{text}" if text else "")


class HttpConnection:
    """One keep-alive HTTP/1.1 connection."""

    def __init__(self, endpoint: Endpoint, timeout: float):
        self.endpoint, self.timeout = endpoint, timeout
        self.sock: socket.socket | None = None
        self.buffer = b""

    def _was_ended(self) -> bool:
        """Whether the server ended the connection while it was idle, as a web server does that reloads."""
        try:
            self.has_data()
        except (XmppError, OSError):
            return True
        return False

    def post(self, path: str, body: bytes) -> None:
        if self.sock is not None and self._was_ended():
            self.close()  # a browser, too, takes a new one then
        if self.sock is None:
            self.sock, self.buffer = self.endpoint.dial(self.timeout), b""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self.endpoint.host}\r\nOrigin: {self.endpoint.origin}\r\n"
            f"Content-Type: text/xml; charset=utf-8\r\n{self.endpoint.extra}Content-Length: {len(body)}\r\n\r\n"
        )
        self.sock.sendall(head.encode() + body)

    def _more(self) -> None:
        assert self.sock is not None
        data = self.sock.recv(65536)
        if not data:
            raise XmppError("the server closed the HTTP connection")
        self.buffer += data

    def has_data(self) -> bool:
        """Whether a readable socket holds a part of an answer; TLS sends tickets of its own that hold none."""
        assert self.sock is not None
        self.sock.settimeout(0)
        try:
            self._more()
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        finally:
            self.sock.settimeout(self.timeout)
        return True

    def _line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            self._more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def _take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def answer(self) -> bytes:
        status = int(self._line().split()[1])
        headers: dict[str, str] = {}
        while line := self._line():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while size := int(self._line().split(b";")[0], 16):
                body += self._take(size)
                self._take(2)
            self._line()
        else:
            body = self._take(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        if status != 200:
            raise XmppError(f"HTTP {status}")
        return body

    def close(self) -> None:
        if self.sock is not None:
            self.sock.close()
            self.sock = None


class BoshTransport:
    """XEP-0124/0206 with two HTTP connections: one is held by the server, one carries what we say."""

    name = "bosh"

    def __init__(self, endpoint: Endpoint, domain: str, query: dict[str, str], timeout: float):
        self.path = endpoint.path("http-bind", query)
        self.domain, self.timeout = domain, timeout
        self.idle = [HttpConnection(endpoint, timeout), HttpConnection(endpoint, timeout)]
        self.busy: list[HttpConnection] = []
        self.outgoing: collections.deque[str] = collections.deque()
        self.rid, self.sid, self.restart, self.ended = random.randrange(10**6, 10**9), "", False, False
        self.wake_read, self.wake_write = socket.socketpair()

    def open(self) -> None:
        self._post(
            f"to={quoteattr(self.domain)} xml:lang='en' wait='30' hold='1' content='text/xml; charset=utf-8' "
            "ver='1.6' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'",
            "",
        )

    def restart_stream(self) -> None:
        self.restart = True
        self._wake()

    def send(self, text: str) -> None:
        self.outgoing.append(text)
        self._wake()

    def close(self) -> None:
        self.ended = True
        self._wake()

    def cut(self) -> None:
        """Drops the connections without a word, like a cable that is pulled."""
        self.outgoing.clear()
        self.ended, self.sid = True, ""
        self._wake()

    def _wake(self) -> None:
        try:
            self.wake_write.send(b"x")
        except OSError:
            pass

    def _post(self, attributes: str, payload: str) -> None:
        connection = self.idle.pop(0)
        sid = f" sid={quoteattr(self.sid)}" if self.sid else ""
        body = f"<body rid='{self.rid}'{sid} xmlns='{HTTPBIND}' {attributes}>{payload}</body>"
        self.rid += 1
        self.busy.append(connection)
        connection.post(self.path, body.encode())

    def _speak(self) -> None:
        if not self.sid or not self.idle:
            return
        if self.restart:
            self.restart = False
            self._post(f"xmpp:restart='true' to={quoteattr(self.domain)} xmlns:xmpp='urn:xmpp:xbosh'", "")
        elif self.outgoing:
            texts = []
            while self.outgoing:
                texts.append(self.outgoing.popleft())
            self._post("", "".join(texts))
        elif not self.busy:
            self._post("", "")

    def stanzas(self) -> Iterator[Element]:
        try:
            while True:
                if self.ended:
                    if self.sid and self.idle:
                        self._post("type='terminate'", "".join(self.outgoing))
                        self.busy[-1].answer()
                    return
                self._speak()
                readable, _, _ = select.select([self.wake_read] + [c.sock for c in self.busy], [], [], 60)
                if self.wake_read in readable:
                    self.wake_read.recv(4096)
                for connection in [c for c in self.busy if c.sock in readable and c.has_data()]:
                    body = ElementTree.fromstring(connection.answer())
                    self.busy.remove(connection)
                    self.idle.append(connection)
                    self.sid = body.get("sid", self.sid)
                    yield from body
                    if body.get("type") == "terminate":
                        return
        finally:
            for connection in self.idle + self.busy:
                connection.close()
            self.wake_read.close()
            self.wake_write.close()


class WebsocketTransport:
    """RFC 7395 over a minimal RFC 6455 client."""

    name = "websocket"

    def __init__(self, endpoint: Endpoint, domain: str, query: dict[str, str], timeout: float):
        self.endpoint, self.domain = endpoint, domain
        self.path = endpoint.path("xmpp-websocket", query)
        self.sock = endpoint.dial(timeout)
        self.buffer, self.lock, self.ended = b"", threading.Lock(), False

    def open(self) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(
            f"GET {self.path} HTTP/1.1\r\nHost: {self.endpoint.host}\r\nOrigin: {self.endpoint.origin}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: xmpp\r\n{self.endpoint.extra}\r\n".encode()
        )
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        if status != 101:
            raise XmppError(f"HTTP {status}")
        self.sock.settimeout(None)
        self.restart_stream()

    def restart_stream(self) -> None:
        self.send(f"<open xmlns='{FRAMING}' to={quoteattr(self.domain)} version='1.0'/>")

    def send(self, text: str) -> None:
        self._frame(1, text.encode())

    def close(self) -> None:
        self.ended = True
        try:
            self.send(f"<close xmlns='{FRAMING}'/>")
            self._frame(8, b"")
        except OSError:
            pass

    def cut(self) -> None:
        """Drops the connection without a word, like a cable that is pulled."""
        self.ended = True
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _frame(self, opcode: int, payload: bytes) -> None:
        length = len(payload)
        head = bytes([0x80 | opcode])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += b"\xfe" + length.to_bytes(2, "big")
        else:
            head += b"\xff" + length.to_bytes(8, "big")
        mask = os.urandom(4)
        masked = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
        with self.lock:
            self.sock.sendall(head + mask + masked)

    def _more(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise XmppError("the server closed the websocket")
        self.buffer += data

    def _take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def stanzas(self) -> Iterator[Element]:
        message = b""
        try:
            while True:
                first, second = self._take(2)
                length = second & 0x7F
                if length == 126:
                    length = int.from_bytes(self._take(2), "big")
                elif length == 127:
                    length = int.from_bytes(self._take(8), "big")
                payload = self._take(length)
                opcode = first & 0x0F
                if opcode == 9:
                    self._frame(10, payload)
                elif opcode == 8:
                    return
                elif opcode in (0, 1):
                    message += payload
                    if first & 0x80:
                        element = ElementTree.fromstring(message)
                        message = b""
                        if local(element) == "close":
                            return
                        if local(element) != "open":
                            yield element
        finally:
            self.sock.close()


TRANSPORTS = {"bosh": BoshTransport, "websocket": WebsocketTransport}


# ---- the client ---------------------------------------------------------------------------------------


class Client:
    """One logged-in client. Make it with `Client.connect`; use it as a context manager."""

    def __init__(self, transport, domain: str, timeout: float):
        self.transport, self.domain, self.timeout = transport, domain, timeout
        self.jid = ""
        self.received: list[Element] = []
        self.changed = threading.Condition()
        self.failure: Exception | None = None
        self.closed = False
        self.resumption_token: str | None = None
        self.counting, self.handled = False, 0
        self.handlers: list[Callable[[Element], None]] = []
        self.thread = threading.Thread(target=self._read, daemon=True)

    @classmethod
    def connect(
        cls,
        base_url: str,
        domain: str,
        *,
        transport: str = "websocket",
        room: str | None = None,
        token: str | None = None,
        user: str | None = None,
        password: str | None = None,
        connect_to: str | None = None,
        ca_file: str | None = None,
        host_header: str | None = None,
        previd: str | None = None,
        resume_from: "Client | None" = None,
        resource: str | None = None,
        forwarded_for: str | None = None,
        vnode: str | None = None,
        timeout: float = 15,
    ) -> "Client":
        """Logs in to `domain`: anonymously (with `token` where given), or as `user` with `password`.

        `room` is the room's name that Jitsi's client puts into the URL. `connect_to` is another address
        to dial than the URL's host; `ca_file` a PEM bundle to trust. `resume_from` is a client that
        called `enable_resumption` and was cut: its stream is taken over. `forwarded_for` is the address
        that a trusted proxy would name; `vnode` the visitors' server that the URL asks for.
        """
        if resume_from is not None:
            previd = resume_from.resumption_token
        query = {k: v for k, v in {"room": room, "token": token, "previd": previd, "vnode": vnode}.items() if v is not None}
        endpoint = Endpoint(base_url, connect_to, ca_file, host_header, forwarded_for)
        client = cls(TRANSPORTS[transport](endpoint, domain, query, timeout), domain, timeout)
        try:
            client.transport.open()
            client.thread.start()
            client._log_in(user, password, resource, resume_from)
        except BaseException:
            client.close()
            raise
        return client

    # -- life

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Ends the session properly."""
        if not self.closed:
            self.closed = True
            self.transport.close()
            if self.thread.is_alive() and threading.current_thread() is not self.thread:
                self.thread.join(self.timeout)

    def cut(self) -> None:
        """Drops the connection without a word."""
        self.closed = True
        self.transport.cut()
        self.thread.join(self.timeout)

    def _read(self) -> None:
        try:
            for element in self.transport.stanzas():
                self._receive(element)
        except Exception as error:  # handed to whoever waits
            self.failure = error
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def _receive(self, element: Element) -> None:
        if namespace(element) == SMACKS and local(element) == "r":
            self.transport.send(f"<a xmlns='{SMACKS}' h='{self.handled}'/>")
            return
        if self.counting and local(element) in ("message", "presence", "iq"):
            self.handled += 1
        if local(element) == "iq" and element.get("type") in ("get", "set") and not self.handlers:
            self._refuse_iq(element)
        for handler in list(self.handlers):
            handler(element)
        with self.changed:
            self.received.append(element)
            self.changed.notify_all()

    def _refuse_iq(self, iq: Element) -> None:
        self.send(
            f"<iq xmlns='{CLIENT}' type='error' id={quoteattr(iq.get('id', ''))} to={quoteattr(iq.get('from', ''))}>"
            f"<error type='cancel'><service-unavailable xmlns='{STANZAS}'/></error></iq>"
        )

    def _log_in(self, user: str | None, password: str | None, resource: str | None, resume_from: "Client | None") -> None:
        self.wait(lambda e: local(e) == "features")
        if user is None:
            self.transport.send(f"<auth xmlns='{SASL}' mechanism='ANONYMOUS'/>")
        else:
            plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
            self.transport.send(f"<auth xmlns='{SASL}' mechanism='PLAIN'>{plain}</auth>")
        outcome = self.wait(lambda e: namespace(e) == SASL)
        if local(outcome) != "success":
            conditions = [local(c) for c in outcome if local(c) != "text"]
            text = child(outcome, "text")
            raise LoginRefused(conditions[0] if conditions else "unknown", (text.text or "") if text is not None else "")
        mark = self.mark()
        self.transport.restart_stream()
        self.wait(lambda e: local(e) == "features", since=mark)
        if resume_from is not None:
            self._resume(resume_from)
            return
        wanted = f"<resource>{escape(resource)}</resource>" if resource else ""
        bound = self.iq("set", None, f"<bind xmlns='{BIND}'>{wanted}</bind>")
        address = bound.find(f"{{{BIND}}}bind/{{{BIND}}}jid")
        if address is None or not address.text:
            raise XmppError("the server bound no address")
        self.jid = address.text

    def enable_resumption(self) -> str:
        """Switches stream management on (websocket only) and returns the token for `resume_from`."""
        mark = self.mark()
        self.counting, self.handled = True, 0
        self.transport.send(f"<enable xmlns='{SMACKS}' resume='true'/>")
        answer = self.wait(lambda e: namespace(e) == SMACKS and local(e) in ("enabled", "failed"), since=mark)
        if local(answer) == "failed":
            raise XmppError("stream management was refused")
        self.resumption_token = answer.get("id")
        return self.resumption_token or ""

    def _resume(self, earlier: "Client") -> None:
        mark = self.mark()
        self.counting, self.handled = True, earlier.handled
        self.transport.send(f"<resume xmlns='{SMACKS}' previd={quoteattr(earlier.resumption_token or '')} h='{earlier.handled}'/>")
        answer = self.wait(lambda e: namespace(e) == SMACKS and local(e) in ("resumed", "failed"), since=mark)
        if local(answer) == "failed":
            raise XmppError("the stream could not be resumed")
        self.jid, self.resumption_token = earlier.jid, earlier.resumption_token

    # -- stanzas

    @property
    def nick(self) -> str:
        """The nickname that Jitsi's client takes: the first eight characters of its own name."""
        return self.jid.partition("@")[0][:8]

    def mark(self) -> int:
        """A point in the stream of received stanzas, for `wait(…, since=mark)`."""
        with self.changed:
            return len(self.received)

    def send(self, text: str) -> None:
        """Sends one stanza as it is."""
        self.transport.send(text)

    def wait(self, wanted: Callable[[Element], bool], *, since: int = 0, timeout: float | None = None) -> Element:
        """The first stanza since the mark that is wanted."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        position = since
        with self.changed:
            while True:
                while position < len(self.received):
                    if wanted(self.received[position]):
                        return self.received[position]
                    position += 1
                if self.failure is not None:
                    raise XmppError(f"connection lost: {self.failure}")
                if self.closed:
                    raise XmppError("connection closed")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Timeout("nothing of the kind that was awaited came")
                self.changed.wait(left)

    def iq(self, kind: str, to: str | None, payload: str, *, timeout: float | None = None) -> Element:
        """Sends an iq and returns its result; raises `StanzaError` on an error."""
        ident, mark = uuid.uuid4().hex[:12], self.mark()
        address = f" to={quoteattr(to)}" if to else ""
        self.send(f"<iq xmlns='{CLIENT}' type='{kind}' id='{ident}'{address}>{payload}</iq>")
        answer = self.wait(lambda e: local(e) == "iq" and e.get("id") == ident, since=mark, timeout=timeout)
        if answer.get("type") == "error":
            raise StanzaError.of(answer)
        return answer

    # -- meetings

    def request_conference(self, room: str) -> bool:
        """Asks jicofo (`focus.HOST`) for a conference, as every client does first. True when ready."""
        base = room.partition("@")[2].partition(".")[2]
        payload = f"<conference xmlns='{FOCUS}' room={quoteattr(room)} machine-uid='{uuid.uuid4().hex}'/>"
        answer = self.iq("set", f"focus.{base}", payload)
        conference = child(answer, "conference")
        return conference is not None and conference.get("ready") == "true"

    def join(
        self,
        room: str,
        *,
        nick: str | None = None,
        password: str | None = None,
        name: str | None = None,
        timeout: float | None = None,
    ) -> JoinAnswer:
        """Tries to enter a room and says what came of it."""
        address = f"{room}/{nick or self.nick}"
        mark = self.mark()
        self.send_join(room, nick=nick, password=password, name=name)
        answer = self.wait(
            lambda e: local(e) == "presence"
            and bare(e.get("from", "")) == room
            and (e.get("type") == "error" or (e.get("from") == address and has_status(e, "110"))),
            since=mark,
            timeout=timeout,
        )
        return self._join_answer(answer)

    def send_join(self, room: str, *, nick: str | None = None, password: str | None = None, name: str | None = None) -> None:
        """Sends the presence of a join without waiting."""
        secret = f"<password>{escape(password)}</password>" if password is not None else ""
        called = f"<nick xmlns='{NICK}'>{escape(name)}</nick>" if name else ""
        self.send(
            f"<presence xmlns='{CLIENT}' to={quoteattr(f'{room}/{nick or self.nick}')}>"
            f"<x xmlns='{MUC}'>{secret}</x>{called}</presence>"
        )

    @staticmethod
    def _join_answer(presence: Element) -> JoinAnswer:
        if presence.get("type") == "error":
            error = StanzaError.of(presence)
            everywhere = list(presence.iter())
            lobby = next((e.text for e in everywhere if local(e) == "lobbyroom" and e.text), None)
            waiting = any(local(e) == "waiting-for-host" for e in everywhere)
            return JoinAnswer(False, error.condition, error.text, lobby, waiting)
        item = child(child(presence, "x", MUC_USER), "item")
        return JoinAnswer(True, affiliation=item.get("affiliation"), role=item.get("role"))

    def leave(self, room: str, *, nick: str | None = None) -> None:
        """Leaves a room and waits until the server has confirmed it."""
        address, mark = f"{room}/{nick or self.nick}", self.mark()
        self.send(f"<presence xmlns='{CLIENT}' to={quoteattr(address)} type='unavailable'/>")
        self.wait(
            lambda e: local(e) == "presence" and e.get("from") == address and e.get("type") == "unavailable", since=mark
        )

    def last_item(self, room: str, nick: str) -> Element | None:
        """The latest MUC item (affiliation, role, address) seen of a nickname; None if it is not inside."""
        with self.changed:
            for stanza in reversed(self.received):
                if local(stanza) == "presence" and stanza.get("from") == f"{room}/{nick}":
                    x = child(stanza, "x", MUC_USER)
                    if stanza.get("type") == "unavailable":
                        return None
                    if x is not None:
                        return child(x, "item")
        return None

    # -- lobby

    def knock(self, lobby: str, *, name: str | None = None) -> JoinAnswer:
        """Enters a lobby room to wait there."""
        return self.join(lobby, name=name)

    def knockers(self, lobby: str) -> list[Knocker]:
        """Those who wait in a lobby that this moderator has joined."""
        found: dict[str, Knocker] = {}
        with self.changed:
            stanzas = list(self.received)
        for stanza in stanzas:
            sender = stanza.get("from", "")
            if local(stanza) != "presence" or bare(sender) != lobby or has_status(stanza, "110"):
                continue
            nick = sender.partition("/")[2]
            x = child(stanza, "x", MUC_USER)
            item = child(x, "item") if x is not None else None
            if stanza.get("type") == "unavailable":
                found.pop(nick, None)
            elif item is not None and item.get("jid"):
                name = child(stanza, "nick", NICK)
                found[nick] = Knocker(nick, item.get("jid", ""), (name.text or "") if name is not None else "")
        return list(found.values())

    def wait_knocker(self, lobby: str, nick: str) -> Knocker:
        """The knocker of that nickname, as soon as it is seen."""
        self.wait(lambda _: any(k.nick == nick for k in self.knockers(lobby)))
        return next(k for k in self.knockers(lobby) if k.nick == nick)

    def admit(self, room: str, jid: str) -> None:
        """Admits a knocker (full address) to the main room, as a moderator."""
        self.send(
            f"<message xmlns='{CLIENT}' to={quoteattr(room)}><x xmlns='{MUC_USER}'>"
            f"<invite to={quoteattr(jid)}/></x></message>"
        )

    def deny(self, lobby: str, nick: str) -> None:
        """Sends a knocker away, as a moderator. Jitsi's lobby lets no result of this query through."""
        self._send_kick(lobby, nick, uuid.uuid4().hex)

    def kick(self, room: str, nick: str) -> None:
        """Takes somebody's role in a room away."""
        ident, mark = uuid.uuid4().hex, self.mark()
        self._send_kick(room, nick, ident)
        answer = self.wait(lambda e: local(e) == "iq" and e.get("id") == ident, since=mark)
        if answer.get("type") == "error":
            raise StanzaError.of(answer)

    def _send_kick(self, room: str, nick: str, ident: str) -> None:
        item = f"<query xmlns='{MUC_ADMIN}'><item nick={quoteattr(nick)} role='none'/></query>"
        self.send(f"<iq xmlns='{CLIENT}' type='set' id='{ident}' to={quoteattr(room)}>{item}</iq>")

    def affiliate(self, room: str, jid: str, affiliation: str) -> None:
        """Gives an address an affiliation (`owner`, `member`, `none`, `outcast`) in a room."""
        item = f"<item jid={quoteattr(bare(jid))} affiliation='{affiliation}'/>"
        self.iq("set", room, f"<query xmlns='{MUC_ADMIN}'>{item}</query>")

    def wait_admitted(self, room: str, *, since: int = 0, timeout: float | None = None) -> None:
        """Waits for the invitation that an admission is."""

        def invitation(element: Element) -> bool:
            x = child(element, "x", MUC_USER) if local(element) == "message" else None
            return x is not None and child(x, "invite") is not None and bare(element.get("from", "")) == room

        self.wait(invitation, since=since, timeout=timeout)

    def wait_sent_away(self, lobby: str, *, since: int = 0, timeout: float | None = None) -> Element:
        """Waits until this knocker is put out of the lobby (kicked, or the lobby closed)."""
        return self.wait(
            lambda e: local(e) == "presence"
            and e.get("from") == f"{lobby}/{self.nick}"
            and e.get("type") == "unavailable",
            since=since,
            timeout=timeout,
        )

    # -- configuration and services

    def room_form(self, room: str) -> dict[str, str]:
        """The fields of a room's configuration, for owners."""
        answer = self.iq("get", room, f"<query xmlns='{MUC_OWNER}'/>")
        fields = {}
        for field in answer.iter(f"{{{DATA_FORM}}}field"):
            value = field.find(f"{{{DATA_FORM}}}value")
            fields[field.get("var", "")] = (value.text or "") if value is not None else ""
        return fields

    def configure(self, room: str, *, membersonly: bool | None = None, password: str | None = None) -> None:
        """Switches the lobby on or off and sets or (with "") removes the password, as Jitsi's client does."""
        form = self.room_form(room)
        now = form.get("muc#roomconfig_membersonly", "0") in ("1", "true")
        wanted = now if membersonly is None else membersonly
        fields = {"FORM_TYPE": MUC_CONFIG, "muc#roomconfig_whois": "anyone", "muc#roomconfig_membersonly": "true" if wanted else "false"}
        if password is not None:
            fields["muc#roomconfig_roomsecret"] = password
        self.submit_form(room, fields)

    def submit_form(self, room: str, fields: dict[str, str]) -> None:
        """Sends a room's configuration form."""
        inner = "".join(f"<field var={quoteattr(k)}><value>{escape(v)}</value></field>" for k, v in fields.items())
        self.iq("set", room, f"<query xmlns='{MUC_OWNER}'><x xmlns='{DATA_FORM}' type='submit'>{inner}</x></query>")

    def turn_services(self, domain: str, *, element: str = "services", inner: str = "") -> list[dict[str, str]]:
        """The STUN and TURN services (XEP-0215) that `domain` names, with credentials."""
        answer = self.iq("get", domain, f"<{element} xmlns='{EXTDISCO}'>{inner}</{element}>")
        return [dict(e.attrib) for e in answer.iter() if local(e) == "service"]

    def identities(self, domain: str) -> list[tuple[str, str, str]]:
        """(category, type, name) of what `domain` says it is."""
        answer = self.iq("get", domain, f"<query xmlns='{DISCO_INFO}'/>")
        found = [e for e in answer.iter() if local(e) == "identity"]
        return [(e.get("category", ""), e.get("type", ""), e.get("name", "")) for e in found]

    def items(self, domain: str, *, timeout: float | None = None) -> list[str]:
        """The addresses in `domain`'s list of items (its rooms, for a MUC component)."""
        answer = self.iq("get", domain, f"<query xmlns='{DISCO_ITEMS}'/>", timeout=timeout)
        return [e.get("jid", "") for e in answer.iter() if local(e) == "item"]

    def json_messages(self, sender: str) -> list[str]:
        """The texts of Jitsi's json-messages from an address."""
        with self.changed:
            stanzas = list(self.received)
        texts = [child(s, "json-message") for s in stanzas if local(s) == "message" and bare(s.get("from", "")) == sender]
        return [t.text or "" for t in texts if t is not None]
