"""One meeting through the public side, over BOSH or websocket; reads JSON on standard input.

Prints `ok NAME` or `FAIL NAME: WHY` for each check.
"""

from __future__ import annotations

import json
import pathlib
import socket
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "prosody"))

import xmpp_client  # noqa: E402
from turn import Refused, Relay, Udp, Tls, binding  # noqa: E402
from xmpp_client import Client, LoginRefused, StanzaError, Timeout, XmppError  # noqa: E402


class Failed(Exception):
    """A check does not hold."""


def check(condition: object, why: str) -> None:
    if not condition:
        raise Failed(why)


def from_address(source: str) -> None:
    """Lets the client's connections start at the visitor's address."""
    plain = socket.create_connection

    def bound(address, timeout=None):
        return plain(address, timeout, (source, 0))

    xmpp_client.socket = type("Socket", (), {**vars(socket), "create_connection": staticmethod(bound)})


class Meeting:
    """A room, and the people who try to enter it."""

    def __init__(self, given: dict):
        self.domain, self.transport = given["domain"], given["transport"]
        self.way, self.ways, self.authority = given["ways"][0], given["ways"], given["authority"]
        self.name, self.token = given["room"], given["token"]
        self.conference = f"conference.{self.domain}"
        self.room, self.lobby = f"{self.name}@{self.conference}", f"{self.name}@lobby.{self.domain}"
        self.open: list[Client] = []
        from_address(self.way["from"])

    def client(self, domain: str, name: str | None = None, **options) -> Client:
        client = Client.connect(
            f"https://{self.domain}", domain, transport=self.transport, room=name or self.name,
            connect_to=self.way["to"], ca_file=self.authority, **options,
        )
        self.open.append(client)
        return client

    def guest(self, name: str | None = None) -> Client:
        return self.client(f"guest.{self.domain}", name)

    def close(self) -> None:
        for client in self.open:
            client.close()


def anonymous_is_no_host(meeting: Meeting) -> None:
    """a client without a token is not let in as meeting host"""
    try:
        meeting.client(meeting.domain)
    except LoginRefused:
        return
    raise Failed("it was let in")


def bent_token_is_refused(meeting: Meeting) -> None:
    """a token whose signature was bent is refused"""
    head, body, signature = meeting.token.split(".")
    bent = signature[:-4] + ("AAAA" if not signature.endswith("AAAA") else "BBBB")
    try:
        meeting.client(meeting.domain, token=f"{head}.{body}.{bent}")
    except LoginRefused:
        return
    raise Failed("it was let in")


def guest_opens_no_room(meeting: Meeting) -> None:
    """a guest opens no room, whether it asks the focus or not"""
    name = uuid.uuid4().hex
    room = f"{name}@{meeting.conference}"
    guest = meeting.guest(name)
    answer = guest.join(room, name="Gerda")
    check(not answer.inside, f"is inside: {answer}")
    guest = meeting.guest(name)
    guest.request_conference(room)
    answer = guest.join(room, name="Gerda")
    check(not answer.inside, f"is inside: {answer}")


def guest_before_the_host_waits(meeting: Meeting) -> None:
    """a guest before the host is kept outside"""
    meeting.early = meeting.guest()
    check(meeting.early.request_conference(meeting.room), "the focus is not ready")
    answer = meeting.early.join(meeting.room, name="Vroeg")
    check(not answer.inside and answer.lobby == meeting.lobby, f"{answer}")
    check(answer.waiting_for_host, f"is not told to wait for the host: {answer}")
    check(meeting.early.knock(meeting.lobby, name="Vroeg").inside, "cannot wait in the lobby")


def strangers_get_no_credentials(meeting: Meeting) -> None:
    """nobody gets TURN credentials before joining"""
    for who in (meeting.early, meeting.guest()):
        for domain in (meeting.domain, f"guest.{meeting.domain}", f"metadata.{meeting.domain}"):
            try:
                services = who.turn_services(domain)
            except StanzaError:
                continue
            check(not any(s.get("password") for s in services), f"{domain} hands out credentials")


def host_opens_the_room(meeting: Meeting) -> None:
    """the token of `rooms new` opens its room"""
    meeting.host = meeting.client(meeting.domain, token=meeting.token)
    check(meeting.host.request_conference(meeting.room), "the focus is not ready")
    answer = meeting.host.join(meeting.room, name="Hendrik")
    check(answer.inside and answer.affiliation == "owner" and answer.role == "moderator", f"{answer}")


def token_opens_no_other_room(meeting: Meeting) -> None:
    """the token opens no other room"""
    name = uuid.uuid4().hex
    try:
        client = meeting.client(meeting.domain, name, token=meeting.token)
        answer = client.join(f"{name}@{meeting.conference}", name="Hendrik")
    except (LoginRefused, StanzaError):
        return
    check(not answer.inside, f"is inside: {answer}")


def guest_stays_outside_until_admitted(meeting: Meeting) -> None:
    """a guest after the host is kept outside until the lobby lets in"""
    answer = meeting.early.join(meeting.room, name="Vroeg")
    check(not answer.inside and answer.lobby == meeting.lobby, f"the one who waited: {answer}")
    late = meeting.guest()
    late.request_conference(meeting.room)
    answer = late.join(meeting.room, name="Laat")
    check(not answer.inside and answer.lobby == meeting.lobby, f"the one who came later: {answer}")
    check(meeting.host.join(meeting.lobby).inside, "the host cannot look into the lobby")
    check(late.knock(meeting.lobby, name="Laat").inside, "cannot wait in the lobby")
    meeting.host.admit(meeting.room, meeting.host.wait_knocker(meeting.lobby, late.nick).jid)
    late.wait_admitted(meeting.room)
    answer = late.join(meeting.room, name="Laat")
    check(answer.inside and answer.role == "participant", f"{answer}")


def guest_enters_with_the_password(meeting: Meeting) -> None:
    """a guest enters with the password, and not with another one"""
    meeting.host.configure(meeting.room, membersonly=False, password="geheim-woord")
    guest = meeting.guest()
    guest.request_conference(meeting.room)
    for wrong in (None, "mis"):
        answer = guest.join(meeting.room, name="Gerda", password=wrong)
        check(not answer.inside, f"with {wrong!r}: {answer}")
    answer = guest.join(meeting.room, name="Gerda", password="geheim-woord")
    check(answer.inside and answer.role == "participant", f"{answer}")
    meeting.inside = guest


def brewery_refuses_strangers(meeting: Meeting) -> None:
    """the bridges' brewery refuses strangers and hosts alike"""
    brewery = f"jvbbrewery@internal.auth.{meeting.domain}"
    for who in (meeting.guest(), meeting.host):
        try:
            answer = who.join(brewery, nick="bridge", timeout=1.5)
        except Timeout:
            continue
        check(not answer.inside, f"is inside: {answer}")


def nothing_is_listed(meeting: Meeting) -> None:
    """nobody is told which rooms there are"""
    for component in (meeting.conference, f"lobby.{meeting.domain}", f"internal.auth.{meeting.domain}"):
        try:
            items = meeting.inside.items(component, timeout=3)
        except XmppError:
            continue
        check(not any(meeting.name in item for item in items), f"{component} lists {items}")


def relay_works_with_credentials(meeting: Meeting) -> None:
    """TURN relays with credentials from inside the room, over UDP and TLS, IPv4 and IPv6"""
    meeting.services = meeting.inside.turn_services(meeting.domain)
    turn = next((s for s in meeting.services if s.get("type") == "turn"), None)
    check(turn and turn.get("username") and turn.get("password"), f"no credentials: {[s.get('type') for s in meeting.services]}")
    check(all(s.get("host") == meeting.domain for s in meeting.services), "a service of somebody else is named")
    meeting.credentials = (turn["username"], turn["password"])
    for way in meeting.ways:
        for relay in relays(meeting, way):
            with relay:
                relay.allocate(meeting.credentials)
                relay.permit(way["to"])


def relays(meeting: Meeting, way: dict) -> list[Relay]:
    udp = Relay(Udp(way["from"], way["to"], 3478))
    return [udp, Relay(Tls(way["from"], way["to"], 5349, meeting.domain, meeting.authority))]


def relay_refuses_without_credentials(meeting: Meeting) -> None:
    """TURN refuses who has no credentials, wrong ones, or old ones"""
    name, password = meeting.credentials
    expired = str(int(time.time()) - 60) + ":" + name.partition(":")[2]
    for way in meeting.ways:
        for credentials in (None, (name, "wrong"), (expired, password)):
            for relay in relays(meeting, way):
                with relay:
                    try:
                        relay.allocate(credentials)
                    except Refused as refused:
                        check(refused.code in (401, 441), f"code {refused.code}")
                        continue
                    raise Failed("it was let in")


INNER = {
    4: ["127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "10.87.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.51.100.1"],
    6: ["::1", "fd87::1", "fe80::1", "fc00::1", "64:ff9b::7f00:1", "::ffff:127.0.0.1", "2002:7f00:1::", "ff02::1"],
}


def relay_refuses_inner_addresses(meeting: Meeting) -> None:
    """TURN refuses peers on loopback, private, link-local and unique local addresses"""
    for way in meeting.ways:
        family = 6 if ":" in way["to"] else 4
        with relays(meeting, way)[0] as relay:
            relay.allocate(meeting.credentials)
            for address in INNER[family]:
                try:
                    relay.permit(address)
                except Refused as refused:
                    check(refused.code in (400, 403), f"{address}: code {refused.code}")
                    continue
                raise Failed(f"{address} is let through")


def stun_answers(meeting: Meeting) -> None:
    """STUN tells people their own address, over IPv4 and IPv6"""
    for way in meeting.ways:
        try:
            seen = binding(Udp(way["from"], way["to"], 3478))
        except TimeoutError as error:
            raise Failed(f"no answer at {way['to']}") from error
        check(seen == way["from"], f"it says {seen}, it is {way['from']}")


CHECKS = [
    anonymous_is_no_host, bent_token_is_refused, guest_opens_no_room, guest_before_the_host_waits,
    strangers_get_no_credentials, host_opens_the_room, token_opens_no_other_room, guest_stays_outside_until_admitted,
    guest_enters_with_the_password, brewery_refuses_strangers, nothing_is_listed, stun_answers,
    relay_works_with_credentials, relay_refuses_without_credentials, relay_refuses_inner_addresses,
]


def main() -> None:
    meeting = Meeting(json.load(sys.stdin))
    try:
        for play in CHECKS:
            what = f"{play.__doc__} ({meeting.transport})"
            try:
                play(meeting)
            except Exception as error:  # each check stands alone
                print(f"FAIL {what}: {type(error).__name__} {error}".replace("\n", " "))
            else:
                print(f"ok {what}")
    finally:
        meeting.close()


if __name__ == "__main__":
    main()
