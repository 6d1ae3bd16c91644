"""People who sit in a meeting, and others who load pages, while the host changes; one JSON order a line, one answer a line.

The first line says where the instance is. Orders: `begin` (a room and its token: a meeting host and two guests, over
websocket and BOSH), `late` (one more guest enters), `state` (who is still connected and inside), `new` (somebody tries to
begin another meeting), `leave`, `load` (requests begin), `loaded` (they end: how many, and which failed).
"""

from __future__ import annotations

import http.client
import json
import pathlib
import socket
import ssl
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "prosody"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from xmpp_client import Client, XmppError  # noqa: E402

PASSWORD = "geheim-woord"
PATHS = ("/", "/nl/", "/privacy", "/config.js", "/vc4all/style.css")
PING = "<ping xmlns='urn:xmpp:ping'/>"


class Instance:
    def __init__(self, given: dict):
        self.domain, self.way, self.authority = given["domain"], given["ways"][0], given["authority"]

    def client(self, domain: str, room: str, transport: str, **options) -> Client:
        return Client.connect(
            f"https://{self.domain}", domain, transport=transport, room=room, connect_to=self.way["to"],
            ca_file=self.authority, **options,
        )


class Sitting:
    """One meeting and who is in it."""

    def __init__(self, instance: Instance):
        self.instance, self.inside = instance, []
        self.name = self.room = ""

    def begin(self, order: dict) -> dict:
        self.name = order["room"]
        self.room = f"{self.name}@conference.{self.instance.domain}"
        host, answer = self.enter_as_host(order["room"], order["token"])
        if not answer.inside:
            return {"inside": 0, "text": answer.text}
        self.inside.append(host)
        host.configure(self.room, membersonly=False, password=PASSWORD)
        for transport in ("websocket", "bosh"):
            self.enter(transport)
        return {"inside": len(self.inside)}

    def enter_as_host(self, name: str, token: str):
        host = self.instance.client(self.instance.domain, name, "websocket", token=token)
        room = f"{name}@conference.{self.instance.domain}"
        host.request_conference(room)
        return host, host.join(room, name="Hendrik")

    def enter(self, transport: str) -> bool:
        guest = self.instance.client(f"guest.{self.instance.domain}", self.name, transport)
        guest.request_conference(self.room)
        answer = guest.join(self.room, name="Gerda", password=PASSWORD)
        if answer.inside:
            self.inside.append(guest)
        return answer.inside

    def late(self, _: dict) -> dict:
        return {"inside": self.enter("websocket")}

    def new(self, order: dict) -> dict:
        host, answer = self.enter_as_host(order["room"], order["token"])
        host.close()
        return {"inside": answer.inside, "text": answer.text}

    def state(self, _: dict) -> dict:
        """Each connection is used: one that only looks open is closed."""
        alive = 0
        for client in self.inside:
            try:
                client.iq("get", client.domain, PING, timeout=10)
                alive += client.last_item(self.room, client.nick) is not None
            except (XmppError, OSError):
                continue
        return {"inside": alive, "closed": len(self.inside) - alive}

    def leave(self, _: dict) -> dict:
        for client in self.inside:
            try:
                client.leave(self.room)
            except (XmppError, OSError):
                pass  # whoever was cut off has left
            client.close()
        self.inside = []
        return {}


class Load:
    """Requests without end: two browsers that keep their connections, one that opens a new one each time."""

    def __init__(self, instance: Instance):
        self.instance = instance
        self.stop = threading.Event()
        self.count, self.failures, self.lock = 0, [], threading.Lock()
        self.threads = [threading.Thread(target=self.browse, args=(keeps,)) for keeps in (True, True, False)]
        for thread in self.threads:
            thread.start()

    def connection(self) -> http.client.HTTPSConnection:
        trust = ssl.create_default_context(cafile=self.instance.authority)
        connection = http.client.HTTPSConnection(self.instance.domain, context=trust, timeout=20)
        connection._create_connection = lambda _, timeout, source: socket.create_connection(
            (self.instance.way["to"], 443), timeout, source
        )
        return connection

    def browse(self, keeps: bool) -> None:
        connection, used = self.connection(), 0
        while not self.stop.is_set():
            path = PATHS[used % len(PATHS)]
            try:
                connection = self.ask(connection, path, used)
            except (OSError, http.client.HTTPException) as error:
                self.fail(f"{path}: {error!r}")
                connection.close()
            used += 1
            if not keeps:
                connection.close()
            time.sleep(0.01)
        connection.close()

    def ask(self, connection: http.client.HTTPSConnection, path: str, used: int) -> http.client.HTTPSConnection:
        """One request. A server may end a connection that was idle; every browser takes a new one then, once."""
        for attempt in range(2):
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                if attempt or used == 0:
                    raise
                connection.close()
        answer.read()
        with self.lock:
            self.count += 1
        if answer.status not in (200, 302):
            self.fail(f"{path}: {answer.status}")
        return connection

    def fail(self, why: str) -> None:
        with self.lock:
            self.failures.append(why)

    def end(self) -> dict:
        self.stop.set()
        for thread in self.threads:
            thread.join(30)
        return {"requests": self.count, "failures": self.failures[:20]}


def main() -> int:
    instance = Instance(json.loads(sys.stdin.readline()))
    sitting, load = Sitting(instance), None
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if order["order"] == "load":
                load, answer = Load(instance), {}
            elif order["order"] == "loaded":
                answer = load.end()
            else:
                answer = getattr(sitting, order["order"])(order)
        except Exception as error:  # the test reads why
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)
    sitting.leave({})
    return 0


if __name__ == "__main__":
    sys.exit(main())
