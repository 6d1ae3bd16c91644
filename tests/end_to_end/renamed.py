"""A meeting host before and after new secrets or a new name; reads JSON on standard input.

Prints `ok NAME` or `FAIL NAME: WHY` for each check, and writes the token and the TURN credentials to the file `left`.
"""

from __future__ import annotations

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from door import Visit  # noqa: E402
from meeting import Failed, check  # noqa: E402
from turn import Refused, Relay, Udp  # noqa: E402
from xmpp_client import Client, LoginRefused, StanzaError  # noqa: E402


class Host:
    """The meeting host, and what is left from the visit before."""

    def __init__(self, given: dict):
        self.visit, self.stage = Visit(given), given["stage"]
        self.before = given.get("before")
        self.left = {"step": 0, "token": "", "turn": None}

    def logs_in(self) -> None:
        """the same passphrase and the app's next code open a room, and lend the relay"""
        # A step of the app is good once.
        last = (self.before or {"step": 0})["step"]
        deadline = time.monotonic() + 60
        while int(time.time()) // 30 <= last:
            check(time.monotonic() < deadline, "the app's step does not end")
            time.sleep(0.5)
        self.left["step"] = int(time.time()) // 30
        self.left["token"] = self.visit.log_in(code=self.visit.code()).token(self.visit.room)
        with self.client(self.left["token"]) as host:
            room = f"{self.visit.room}@conference.{self.visit.domain}"
            check(host.request_conference(room), "the focus is not ready")
            answer = host.join(room, name="Jo")
            check(answer.inside and answer.role == "moderator", f"{answer}")
            services = host.turn_services(self.visit.domain)
        turn = next(service for service in services if service.get("type") == "turn")
        check(turn["host"] == self.visit.domain, f"the relay is {turn['host']}")
        self.left["turn"] = [turn["username"], turn["password"]]
        self.relay(self.left["turn"])

    def old_token_is_refused(self) -> None:
        """a token from before opens no room"""
        try:
            self.visit.enter("bosh", self.before["token"], self.visit.room)
        except (LoginRefused, StanzaError, Failed):
            return
        raise Failed("it opens the room")

    def old_credentials_are_refused(self) -> None:
        """TURN credentials from before are refused"""
        try:
            self.relay(self.before["turn"])
        except Refused as refused:
            check(refused.code == 401, f"{refused}")
            return
        raise Failed("the relay is lent")

    def client(self, token: str) -> Client:
        visit = self.visit
        options = {"transport": "bosh", "room": visit.room, "connect_to": visit.way["to"], "ca_file": visit.authority}
        return Client.connect(f"https://{visit.domain}", visit.domain, token=token, **options)

    def relay(self, credentials: list[str]) -> None:
        with Relay(Udp(self.visit.way["from"], self.visit.way["to"], 3478)) as relay:
            relay.allocate((credentials[0], credentials[1]))


def main() -> None:
    given = json.load(sys.stdin)
    host = Host(given)
    plays = {
        "before": [host.logs_in],
        "restored": [host.logs_in],
        "rotated": [host.old_token_is_refused, host.old_credentials_are_refused, host.logs_in],
        "renamed": [host.old_token_is_refused, host.logs_in],
    }
    for play in plays[host.stage]:
        try:
            play()
        except Exception as error:  # each check stands alone
            print(f"FAIL {host.stage}, {play.__doc__}: {type(error).__name__} {error}".replace("\n", " "))
        else:
            print(f"ok {host.stage}, {play.__doc__}")
    pathlib.Path(given["left"]).write_text(json.dumps(host.left))


if __name__ == "__main__":
    main()
