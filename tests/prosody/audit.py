"""The audit lines: each event has one, and none says who, which room, or from where."""

from __future__ import annotations

import re

from scenarios import BOTH, GUEST, World, check, edited, equal, inside, outside, refused, scenario, until
from server import CONFERENCE, HOST, OURS, make_token
from xmpp_client import Timeout, XmppError

# A server of its own, because of one kind no more than 30 lines are written in a minute.
OWN = edited(("vc4all_gate_language", "vc4all_gate_connections = 30\n    vc4all_gate_language"))
LINE = re.compile(r"\w{3} [ \d]\d \d\d:\d\d:\d\d vc4all_audit\tinfo\t(.+)")
FURTHER = re.compile(r" \(\d+ more times in this minute\)$")


def texts() -> dict[str, str]:
    """All events and their lines, as the gate has them."""
    source = (OURS / "vc4all_audit.lib.lua").read_text()
    return dict(re.findall(r'^\t(\w+) = "(.+)";$', source, re.MULTILINE))


def events(lines: list[str]) -> list[str]:
    """What the lines say; anything else than one of the fixed texts is an error."""
    known = {text: name for name, text in texts().items()}
    found = []
    for line in lines:
        matched = LINE.fullmatch(line)
        check(matched is not None, f"no audit line: {line}")
        text = FURTHER.sub("", matched[1])
        check(text in known, f"says more than it should: {line}")
        found.append(known[text])
    return found


def lines_name_nothing_but_events(lines: list[str]) -> None:
    check(lines, "no audit lines")
    events(lines)
    named = [line for line in lines if "@" in line or HOST in line or re.search(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]{8}-", line)]
    equal(named, [])


@scenario(OWN)
def audit_has_a_line_for_each_event(world: World) -> None:
    seen = len(world.server.audit())

    def then(*wanted: str) -> None:
        nonlocal seen
        until(lambda: len(world.server.audit()) >= seen + len(wanted), f"no lines for {wanted}: {world.server.audit()[seen:]}")
        equal(tuple(events(world.server.audit()[seen:])), wanted)
        seen += len(wanted)

    outside(world.client(GUEST).join(world.room, name="Gerda"), "not-allowed")
    then("no_room")
    guest = world.waiting_guest()
    then("waits")
    host = world.host()
    then("opened")
    world.host()
    then("host")
    inside(host.join(world.lobby))
    host.admit(world.room, host.wait_knocker(world.lobby, guest.nick).jid)
    guest.wait_admitted(world.room)
    inside(guest.join(world.room, name="Gerda"))
    then("admitted", "by_hand")
    denied = world.waiting_guest("Dirk")
    host.wait_knocker(world.lobby, denied.nick)
    host.deny(world.lobby, denied.nick)
    denied.wait_sent_away(world.lobby)
    then("waits", "turned_away")
    host.configure(world.room, membersonly=False)
    outside(denied.join(world.room, name="Dirk"), lobby=world.lobby)
    then("lobby_again", "waits")
    host.configure(world.room, membersonly=False, password="geheim-woord")
    outside(denied.join(world.room, name="Dirk", password="mis"), "not-authorized")
    inside(denied.join(world.room, name="Dirk", password="geheim-woord"))
    then("no_password", "by_password")
    host.kick(world.room, denied.nick)
    then("turned_away")
    stranger = world.client(HOST, token=make_token("elders-8172635491"))
    outside(stranger.join(world.room, name="Vreemd"), "not-allowed")
    then("other_token")
    with refused(Exception):
        stranger.iq("set", world.room, "<query xmlns='jabber:iq:register'/>")
    then("registration")
    guest.admit(world.room, stranger.jid)
    with refused(Timeout):
        stranger.wait_admitted(world.room, timeout=0.5)
    then("invitation")
    weak = world.client(GUEST)
    weak.request_conference(f"raad@{CONFERENCE}")
    outside(weak.join(f"raad@{CONFERENCE}", name="Gerda"), "not-allowed")
    world.focus.drop(f"raad@{CONFERENCE}")
    then("weak_name")
    check_of_health = f"__jicofo-health-check-81726354@{CONFERENCE}"
    weak.request_conference(check_of_health)
    refusal = weak.join(check_of_health, name="Gerda")
    check(not refusal.inside, "is inside")
    world.focus.drop(check_of_health)
    if refusal.condition == "not-allowed":  # Jitsi's plugins may be faster
        then("reserved")
    for line in world.server.audit():
        for person in ("Gerda", "Dirk", world.name, host.nick, guest.nick, guest.jid, "geheim", "raad", "127.0.0.1"):
            check(person not in line, f"names {person}")
    lines_name_nothing_but_events(world.server.audit())


@scenario(OWN)
def audit_notes_a_crowd_but_not_each_of_it(world: World) -> None:
    address = f"192.0.2.{1 + BOTH.index(world.transport)}"
    before = events(world.server.audit()).count("crowd")
    refusals = 0
    for _ in range(75):
        try:
            world.client(GUEST, forwarded_for=address)
        except XmppError:
            refusals += 1
    equal(refusals, 45)
    noted = events(world.server.audit()).count("crowd") - before
    check(noted <= 30 and (before > 0 or noted == 30), f"{noted} lines")
    lines_name_nothing_but_events(world.server.audit())


@scenario(edited(("muc_rate_joins = 30\n    anonymous_strict", "muc_rate_joins = 2\n    anonymous_strict")), transports=("websocket",))
def audit_notes_joins_that_had_to_wait(world: World) -> None:
    world.host()
    guests = [world.guest() for _ in range(5)]
    for guest in guests:
        guest.send_join(world.room, name="Gast")
    until(lambda: "queued" in events(world.server.audit()), "no line for joins that had to wait")


@scenario(OWN, transports=("websocket",))
def audit_goes_on_after_the_logs_have_turned(world: World) -> None:
    world.guest()
    outside(world.client(GUEST).join("anders" + world.room, name="X"), "not-allowed")
    until(lambda: world.server.audit(), "no line")
    world.server.turn_logs()
    until(lambda: (world.server.home / "audit.log").exists(), "there is no new file")
    world.host()
    until(lambda: "opened" in events(world.server.audit()), "no line in the new file")
    equal(events(world.server.audit()).count("opened"), 1)
