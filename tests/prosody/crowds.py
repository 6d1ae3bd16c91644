"""Many at once: a whole town hall behind one address gets in, a flood from one address is bounded."""

from __future__ import annotations

import socket
import threading
import time
from typing import Callable
from xml.etree import ElementTree

from scenarios import BOTH, GUEST, World, check, edited, equal, inside, outside, scenario, until
from server import HOST, make_token
from xmpp_client import HTTPBIND, SASL, Client, JoinAnswer, XmppError

TOWN_HALL = "203.0.113.9"
FLOODER = "198.51.100.7"
TOWN_HALL_PEOPLE = 150
TOWN_HALL_SECONDS = 90  # two cores that test other things beside; a row of 30 joins a second takes 5
FLOOD = 2000
FLOOD_MOST = 1000  # the default of vc4all_gate_connections


def at_once(count: int, act: Callable[[int], None]) -> None:
    """Does something with many threads and waits for all; the first failure is that of the whole."""
    failures: list[Exception] = []

    def guarded(number: int) -> None:
        try:
            act(number)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TOWN_HALL_SECONDS)
        check(not thread.is_alive(), "somebody still waits for an answer")
    if failures:
        raise failures[0]


@scenario()
def fifty_guests_at_once_all_stay_outside(world: World) -> None:
    world.client(GUEST).request_conference(world.room)
    guests: list[Client] = []
    answers: dict[int, JoinAnswer] = {}
    hosts: list[Client] = []

    def come(number: int) -> None:
        if number == 25:  # the host comes in between
            hosts.append(world.host(timeout=60))
            return
        guest = world.client(GUEST, timeout=60)
        guests.append(guest)
        answers[number] = guest.join(world.room, name=f"Gast {number}")

    at_once(51, come)
    equal(len(answers), 50)
    for answer in answers.values():
        check(not answer.inside and answer.condition in ("registration-required", "not-acceptable"), f"{answer}")
    for guest in guests:
        check(hosts[0].last_item(world.room, guest.nick) is None, "the host sees a guest inside")
        outside(guest.join(world.room, name="Gast"), lobby=world.lobby)


@scenario()
def town_hall_behind_one_address_gets_in(world: World) -> None:
    began = time.monotonic()
    host = world.host(forwarded_for=TOWN_HALL)
    outside(world.guest().join(world.room, name="Wekker"), lobby=world.lobby)
    inside(host.join(world.lobby))
    seconds: list[float] = []

    def come(number: int) -> None:
        own = time.monotonic()
        guest = world.guest(forwarded_for=TOWN_HALL, timeout=TOWN_HALL_SECONDS)
        outside(guest.join(world.room, name=f"Raadslid {number}"), lobby=world.lobby)
        inside(guest.knock(world.lobby, name=f"Raadslid {number}"))
        seconds.append(time.monotonic() - own)

    at_once(TOWN_HALL_PEOPLE, come)
    equal(len(seconds), TOWN_HALL_PEOPLE)
    until(lambda: len(host.knockers(world.lobby)) == TOWN_HALL_PEOPLE, "the host does not see all of them")
    check(time.monotonic() - began < TOWN_HALL_SECONDS, "it took too long")
    print(f"    {TOWN_HALL_PEOPLE} people wait after {time.monotonic() - began:.1f} s, the slowest took {max(seconds):.1f} s")


# ---- floods -------------------------------------------------------------------------------------------


class Raw:
    """Opens BOSH sessions over one connection as fast as the server answers."""

    def __init__(self, world: World, address: str):
        port = int(world.server.url.rpartition(":")[2])
        self.sock = socket.create_connection(("127.0.0.1", port), 30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.address, self.rest, self.rid = address, b"", 1000

    def post(self, attributes: str, payload: str = "") -> ElementTree.Element:
        self.rid += 1
        body = f"<body rid='{self.rid}' xmlns='{HTTPBIND}' {attributes}>{payload}</body>".encode()
        self.sock.sendall(
            f"POST /http-bind HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-For: {self.address}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode() + body
        )
        while b"\r\n\r\n" not in self.rest:
            self._more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = [line.partition(b":") for line in head.lower().splitlines()]
        length = next(int(value) for name, _, value in lines if name == b"content-length")
        while len(self.rest) < length:
            self._more()
        answer, self.rest = self.rest[:length], self.rest[length:]
        return ElementTree.fromstring(answer)

    def _more(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise XmppError("the server closed the connection")
        self.rest += data

    def log_in(self) -> bool:
        """Opens a session and logs in as a guest; False when the server does not let it."""
        opened = self.post(f"to='{GUEST}' xml:lang='en' wait='1' hold='0' ver='1.6' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'")
        if opened.get("type") == "terminate":
            return False
        sid = opened.get("sid")
        answer = self.post(f"sid='{sid}'", f"<auth xmlns='{SASL}' mechanism='ANONYMOUS'/>")
        check(answer.find(f"{{{SASL}}}success") is not None, "the log-in failed in another way")
        return True


@scenario(transports=("bosh",))
def flood_of_log_ins_from_one_address_is_bounded(world: World) -> None:
    world.host()
    flooder, began = Raw(world, FLOODER), time.monotonic()
    in_all = sum(flooder.log_in() for _ in range(FLOOD))
    seconds = time.monotonic() - began
    check(FLOOD_MOST * 0.9 <= in_all <= FLOOD_MOST, f"{in_all} of {FLOOD} log-ins stand open")
    began = time.monotonic()
    outside(world.guest(forwarded_for=TOWN_HALL).join(world.room, name="Gerda"), lobby=world.lobby)
    wait = time.monotonic() - began
    check(wait < 10, f"a guest from elsewhere waits {wait:.1f} s for an answer")
    print(f"    {in_all} of {FLOOD} log-ins were let in, in {seconds:.1f} s; a guest from elsewhere had an answer in {wait:.2f} s")


FEW = edited(("vc4all_gate_language", "vc4all_gate_connections = 20\n    vc4all_gate_language"))


def is_refused(world: World, address: str) -> bool:
    try:
        world.client(GUEST, forwarded_for=address).close()
    except XmppError:
        return True
    return False


@scenario(FEW)
def connections_of_one_address_are_counted(world: World) -> None:
    here, there, line = f"192.0.2.{1 + BOTH.index(world.transport)}", "192.0.2.100", f"2001:db8:{BOTH.index(world.transport)}:7"
    held = [world.client(GUEST, forwarded_for=here) for _ in range(20)]
    check(is_refused(world, here), "the address has one connection too many")
    check(is_refused(world, here), "the address has one connection too many")
    check(not is_refused(world, there), "another address is refused as well")
    check(not any(client.closed for client in held), "an earlier connection has ended")
    held[0].close()
    until(lambda: not is_refused(world, here), "a connection that has ended still counts")
    for number in range(20):
        world.client(GUEST, forwarded_for=f"{line}::{number + 1:x}")
    check(is_refused(world, f"{line}:ffff::1"), "the IPv6 line has one connection too many")
    check(not is_refused(world, f"{line[:-1]}8::1"), "another line is refused as well")


@scenario(FEW)
def connections_of_hosts_count_like_those_of_guests(world: World) -> None:
    address = f"192.0.2.{11 + BOTH.index(world.transport)}"
    for _ in range(20):
        world.client(HOST, token=make_token(world.name), forwarded_for=address)
    check(is_refused(world, address), "the address has one connection too many")
