"""Every sentence about who gets into a meeting, as a scenario that runs over BOSH and over websocket."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import time
import uuid
from typing import Callable, Iterator
from xml.sax.saxutils import quoteattr

from server import (
    CONFERENCE,
    HOST,
    JVB_PASSWORD,
    RECORDER_PASSWORD,
    UPSTREAMS_GATE,
    FakeFocus,
    Flavour,
    Server,
    make_token,
)
from xmpp_client import STANZAS, Client, JoinAnswer, LoginRefused, StanzaError, Timeout, XmppError, child, local

GUEST = f"guest.{HOST}"
BOTH = ("bosh", "websocket")
DEFAULT = Flavour()
names = itertools.count(1)


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One test: its function, the server it needs, and the transports it runs over."""

    play: Callable[["World"], None]
    flavour: Flavour
    transports: tuple[str, ...]
    stand_ins_only: bool

    @property
    def name(self) -> str:
        return self.play.__name__


SCENARIOS: list[Scenario] = []


def scenario(flavour: Flavour = DEFAULT, transports: tuple[str, ...] = BOTH, stand_ins_only: bool = False):
    """Registers a function as a scenario."""

    def register(play: Callable[["World"], None]) -> Callable[["World"], None]:
        SCENARIOS.append(Scenario(play, flavour, transports, stand_ins_only))
        return play

    return register


class World:
    """A fresh room on a running server, and the people who try to enter it."""

    def __init__(self, server: Server, focus: FakeFocus, transport: str, stack: contextlib.ExitStack):
        self.server, self.focus, self.transport, self.stack = server, focus, transport, stack
        self.name = f"kamer{next(names)}x{uuid.uuid4().int % 10**14:014}"
        self.room = f"{self.name}@{CONFERENCE}"
        self.lobby = f"{self.name}@lobby.{HOST}"

    def client(self, domain: str, **options) -> Client:
        options = {"room": self.name, "transport": self.transport} | options
        return self.stack.enter_context(self.server.connect(domain, **options))

    def guest(self, **options) -> Client:
        """A guest who has asked for the conference."""
        guest = self.client(GUEST, **options)
        check(guest.request_conference(self.room), "jicofo is not ready")
        return guest

    def host(self, **options) -> Client:
        """A meeting host inside the room."""
        host = self.client(HOST, token=make_token(self.name), **options)
        check(host.request_conference(self.room), "jicofo is not ready")
        inside(host.join(self.room))
        return host

    def host_in_lobby(self) -> Client:
        """A meeting host inside, who also watches the lobby, after a guest has woken it."""
        host = self.host()
        outside(self.guest().join(self.room, name="Wekker"), lobby=self.lobby)
        inside(host.join(self.lobby))
        return host

    def waiting_guest(self, name: str = "Gerda") -> Client:
        """A guest who waits in the lobby."""
        guest = self.guest()
        outside(guest.join(self.room, name=name), lobby=self.lobby)
        inside(guest.knock(self.lobby, name=name))
        return guest

    def admitted_guest(self, host: Client, name: str = "Gerda", **options) -> Client:
        """A guest whom the host let in."""
        guest = self.guest(**options)
        if options.get("previd") is None and self.transport == "websocket":
            guest.enable_resumption()
        outside(guest.join(self.room, name=name), lobby=self.lobby)
        inside(guest.knock(self.lobby, name=name))
        host.admit(self.room, host.wait_knocker(self.lobby, guest.nick).jid)
        guest.wait_admitted(self.room)
        inside(guest.join(self.room, name=name))
        return guest


# ---- what is asserted ---------------------------------------------------------------------------------


def check(condition: object, text: str) -> None:
    if not condition:
        raise AssertionError(text)


def equal(seen: object, wanted: object) -> None:
    check(seen == wanted, f"seen {seen!r}, wanted {wanted!r}")


def inside(answer: JoinAnswer) -> None:
    check(answer.inside, f"is outside: {answer}")


def outside(answer: JoinAnswer, condition: str = "registration-required", lobby: str | None = None) -> None:
    check(not answer.inside, f"is inside: {answer}")
    equal(answer.condition, condition)
    if lobby is not None:
        equal(answer.lobby, lobby)


@contextlib.contextmanager
def refused(kind: type[Exception], condition: str | None = None) -> Iterator[None]:
    try:
        yield
    except kind as error:
        if condition is not None:
            equal(getattr(error, "condition", None), condition)
        return
    raise AssertionError(f"was not refused ({kind.__name__} was awaited)")


def until(condition: Callable[[], object], text: str, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < deadline, text)
        time.sleep(0.02)


# ---- guests and hosts ---------------------------------------------------------------------------------


@scenario()
def guest_first_is_outside_and_waits_for_the_host(world: World) -> None:
    answer = world.guest().join(world.room)
    outside(answer, lobby=world.lobby)
    check(answer.waiting_for_host, "is not told to wait for the host")


@scenario()
def guest_stays_outside_when_the_host_arrives(world: World) -> None:
    guest = world.waiting_guest()
    mark = guest.mark()
    host = world.host()
    inside(host.join(world.lobby))
    equal([k.nick for k in host.knockers(world.lobby)] or [host.wait_knocker(world.lobby, guest.nick).nick], [guest.nick])
    with refused(Timeout):
        guest.wait_sent_away(world.lobby, since=mark, timeout=1)
    answer = guest.join(world.room, name="Gerda")
    outside(answer, lobby=world.lobby)
    check(not answer.waiting_for_host, "is told to wait for a host who is there")


@scenario()
def host_becomes_owner_and_moderator(world: World) -> None:
    host = world.client(HOST, token=make_token(world.name))
    host.request_conference(world.room)
    answer = host.join(world.room)
    equal((answer.affiliation, answer.role), ("owner", "moderator"))


@scenario()
def host_admits_and_the_guest_is_inside_without_rights(world: World) -> None:
    guest = world.waiting_guest()
    host = world.host()
    inside(host.join(world.lobby))
    knocker = host.wait_knocker(world.lobby, guest.nick)
    equal(knocker.name, "Gerda")
    host.admit(world.room, knocker.jid)
    guest.wait_admitted(world.room)
    answer = guest.join(world.room, name="Gerda")
    inside(answer)
    equal((answer.affiliation, answer.role), ("member", "participant"))


@scenario()
def host_denies_and_the_guest_stays_outside(world: World) -> None:
    guest = world.waiting_guest()
    host = world.host()
    inside(host.join(world.lobby))
    host.wait_knocker(world.lobby, guest.nick)
    host.deny(world.lobby, guest.nick)
    guest.wait_sent_away(world.lobby)
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)


@scenario()
def guest_after_the_host_waits_too(world: World) -> None:
    world.host()
    outside(world.guest().join(world.room, name="Gerda"), lobby=world.lobby)


@scenario()
def knocking_at_a_present_host_takes_a_name(world: World) -> None:
    world.host()
    guest = world.guest()
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)
    outside(guest.join(world.room), "not-acceptable")


@scenario()
def those_who_wait_do_not_see_each_other(world: World) -> None:
    first, second = world.waiting_guest("Een"), world.waiting_guest("Twee")
    host = world.host()
    inside(host.join(world.lobby))
    host.wait_knocker(world.lobby, second.nick)
    check(first.last_item(world.lobby, second.nick) is None, "one who waits sees another")
    check(second.last_item(world.lobby, first.nick) is None, "one who waits sees another")


@scenario()
def second_host_passes_lobby_and_password(world: World) -> None:
    host = world.host_in_lobby()
    host.configure(world.room, password="geheim")
    second = world.client(HOST, token=make_token(world.name))
    second.request_conference(world.room)
    answer = second.join(world.room)
    inside(answer)
    equal((answer.affiliation, answer.role), ("owner", "moderator"))
    until(lambda: host.last_item(world.room, second.nick) is not None, "the first host does not see the second")
    for client in (host, second):
        seen = [e for e in client.received if local(e) == "presence" and "geheim" in "".join(e.itertext())]
        equal(seen, [])


# ---- password -----------------------------------------------------------------------------------------


@scenario()
def wrong_password_stays_outside_and_the_right_one_lets_in(world: World) -> None:
    world.host_in_lobby().configure(world.room, password="geheim")
    guest = world.guest()
    outside(guest.join(world.room, name="Gerda", password="mis"), lobby=world.lobby)
    outside(guest.join(world.room, name="Gerda", password=""), lobby=world.lobby)
    answer = guest.join(world.room, name="Gerda", password="geheim")
    inside(answer)
    equal(answer.role, "participant")


@scenario()
def lobby_off_with_a_password_asks_for_the_password(world: World) -> None:
    host = world.host_in_lobby()
    host.configure(world.room, membersonly=False, password="geheim")
    guest = world.guest()
    outside(guest.join(world.room, name="Gerda"), "not-authorized")
    outside(guest.join(world.room, name="Gerda", password="mis"), "not-authorized")
    inside(guest.join(world.room, name="Gerda", password="geheim"))


@scenario()
def lobby_off_without_a_password_is_on_again_for_the_next_guest(world: World) -> None:
    host = world.host_in_lobby()
    first = world.admitted_guest(host)
    host.configure(world.room, membersonly=False)
    outside(world.guest().join(world.room, name="Volgende"), lobby=world.lobby)
    check(first.last_item(world.room, first.nick) is not None, "the guest inside was thrown out")
    equal(host.room_form(world.room).get("muc#roomconfig_membersonly"), "1")


@scenario()
def removing_the_password_brings_the_lobby_back(world: World) -> None:
    host = world.host_in_lobby()
    host.configure(world.room, membersonly=False, password="geheim")
    host.configure(world.room, membersonly=False, password="")
    outside(world.guest().join(world.room, name="Gerda"), lobby=world.lobby)
    outside(world.guest().join(world.room, name="Gerda", password=""), lobby=world.lobby)


# ---- coming and going ---------------------------------------------------------------------------------


@scenario()
def host_leaves_and_returns(world: World) -> None:
    host = world.host_in_lobby()
    inside_guest = world.admitted_guest(host)
    host.leave(world.room)
    host.close()
    late = world.guest()
    answer = late.join(world.room, name="Laat")
    outside(answer, lobby=world.lobby)
    check(answer.waiting_for_host, "is not told to wait for the host")
    inside(late.knock(world.lobby, name="Laat"))
    again = world.host()
    outside(late.join(world.room, name="Laat"), lobby=world.lobby)
    check(inside_guest.last_item(world.room, inside_guest.nick) is not None, "the guest inside was thrown out")
    inside(again.join(world.lobby))
    again.admit(world.room, again.wait_knocker(world.lobby, late.nick).jid)
    late.wait_admitted(world.room)
    inside(late.join(world.room, name="Laat"))


@scenario()
def those_who_wait_go_on_waiting_when_everybody_leaves(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.waiting_guest()
    mark = guest.mark()
    host.leave(world.room)
    host.leave(world.lobby)
    until(lambda: not world.focus.is_in(world.room), "the focus does not leave")
    with refused(Timeout):
        guest.wait_sent_away(world.lobby, since=mark, timeout=1)
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)
    again = world.host()
    inside(again.join(world.lobby))
    again.wait_knocker(world.lobby, guest.nick)


@scenario()
def room_and_lobby_end_when_all_have_left(world: World) -> None:
    guest = world.waiting_guest()
    host = world.host()
    inside(host.join(world.lobby))
    host.configure(world.room, password="geheim")
    host.leave(world.lobby)
    host.leave(world.room)
    guest.leave(world.lobby)
    until(lambda: not world.focus.is_in(world.room), "the focus does not leave")
    fresh = world.client(GUEST)
    until(lambda: fresh.join(world.room).condition == "not-allowed", "the room lives on")
    fresh.request_conference(world.room)
    answer = fresh.join(world.room, password="geheim")
    outside(answer, lobby=world.lobby)
    check(answer.waiting_for_host, "the room remembers its former host")


@scenario()
def room_that_nobody_knocked_at_ends_with_jicofo(world: World) -> None:
    guest = world.guest()
    outside(guest.join(world.room), lobby=world.lobby)
    world.focus.drop(world.room)
    until(lambda: guest.join(world.room).condition == "not-allowed", "the room lives on")
    outside(guest.join(world.lobby), "not-allowed")


@scenario(transports=("websocket",))
def admitted_guest_who_loses_the_connection_comes_back(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    guest.cut()
    back = world.client(GUEST, resume_from=guest)
    equal(back.jid, guest.jid)
    inside(back.join(world.room, name="Gerda"))


@scenario()
def admitted_guest_under_a_new_name_knocks_again(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    guest.close()
    outside(world.guest().join(world.room, name="Gerda"), lobby=world.lobby)


@scenario()
def admitted_guest_may_leave_and_return(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    guest.leave(world.room)
    inside(guest.join(world.room, name="Gerda"))


@scenario()
def kicked_guest_knocks_again(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    host.kick(world.room, guest.nick)
    guest.wait(lambda e: local(e) == "presence" and e.get("type") == "unavailable" and e.get("from") == f"{world.room}/{guest.nick}")
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)


# ---- who is a host ------------------------------------------------------------------------------------


@scenario()
def main_domain_refuses_everybody_without_a_good_token(world: World) -> None:
    with refused(LoginRefused, "not-allowed"):
        world.client(HOST)
    bad = {
        "empty": "",
        "garbage": "x.y.z",
        "foreign secret": make_token(world.name, secret="another"),
        "expired": make_token(world.name, seconds=-5),
        "not yet": make_token(world.name, nbf=int(time.time()) + 600),
        "foreign issuer": make_token(world.name, iss="somebody"),
        "alg none": make_token(world.name, algorithm="none"),
        "alg none, but signed": make_token(world.name, algorithm="none") + "AAAA",
        "other algorithm named": make_token(world.name, algorithm="HS512"),
    }
    for kind, token in bad.items():
        try:
            world.client(HOST, token=token)
        except LoginRefused as error:
            equal(error.condition, "not-allowed")
        else:
            raise AssertionError(f"{kind}: was let in")


@scenario()
def token_of_another_room_opens_nothing(world: World) -> None:
    token = make_token("elsewhere")
    stranger = world.client(HOST, token=token)
    outside(stranger.join(world.room, name="X"), "not-allowed")
    stranger.request_conference(world.room)
    outside(stranger.join(world.room, name="X"), "not-allowed")
    world.host()
    outside(stranger.join(world.room, name="X"), "not-allowed")
    check(token not in world.server.log(), "the token is in the log")


@scenario()
def token_of_another_domain_opens_nothing(world: World) -> None:
    token = make_token(world.name, sub="other.vc4all.test")
    stranger = world.client(HOST, token=token)
    stranger.request_conference(world.room)
    outside(stranger.join(world.room, name="X"), "not-allowed")
    check(token not in world.server.log(), "the token is in the log")


@scenario()
def token_in_the_url_of_the_guest_domain_makes_no_host(world: World) -> None:
    for token in ("anything", make_token(world.name)):
        guest = world.client(GUEST, token=token)
        guest.request_conference(world.room)
        answer = guest.join(world.room, name="X")
        outside(answer, lobby=world.lobby)
        check(answer.waiting_for_host, "counts as host")


@scenario()
def guest_cannot_take_a_hosts_nickname(world: World) -> None:
    host = world.host()
    guest = world.guest()
    outside(guest.join(world.room, nick=host.nick, name="X"), "not-allowed")
    outside(guest.join(world.room, nick="focus", name="X"), "not-allowed")


@scenario()
def guest_inside_cannot_change_into_another_nickname(world: World) -> None:
    guest = world.admitted_guest(world.host_in_lobby())
    guest.send_join(world.room, nick="abcdefgh")
    guest.wait(lambda e: local(e) == "presence" and e.get("type") == "error")


# ---- rights of guests ---------------------------------------------------------------------------------


@scenario()
def guest_inside_cannot_admit_configure_or_promote(world: World) -> None:
    host = world.host_in_lobby()
    guest, waiting = world.admitted_guest(host), world.waiting_guest("Wacht")
    guest.admit(world.room, waiting.jid)
    with refused(Timeout):
        waiting.wait_admitted(world.room, timeout=1)
    outside(waiting.join(world.room, name="Wacht"), lobby=world.lobby)
    with refused(StanzaError):
        guest.configure(world.room, membersonly=False)
    with refused(StanzaError):
        guest.affiliate(world.room, guest.jid, "owner")
    with refused(StanzaError):
        guest.affiliate(world.room, waiting.jid, "member")


@scenario()
def guest_inside_invites_nobody_past_the_password(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    host.configure(world.room, membersonly=False, password="geheim")
    other = world.guest()
    guest.admit(world.room, other.jid)
    with refused(Timeout):
        other.wait_admitted(world.room, timeout=1)
    outside(other.join(world.room, name="X"), "not-authorized")


@scenario()
def jicofo_cannot_make_a_guest_moderator_but_a_host_can(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    with refused(StanzaError, "not-allowed"):
        world.focus.client.affiliate(world.room, guest.jid, "owner")
    host.affiliate(world.room, guest.jid, "owner")
    until(lambda: (item := host.last_item(world.room, guest.nick)) is not None and item.get("role") == "moderator", "is no moderator")


@scenario()
def guest_cannot_register_with_the_room(world: World) -> None:
    world.host()
    guest = world.guest()
    form = (
        "<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>"
        "http://jabber.org/protocol/muc#register</value></field><field var='muc#register_roomnick'><value>abc</value></field></x></query>"
    )
    with refused(StanzaError, "not-allowed"):
        guest.iq("set", world.room, form)
    outside(guest.join(world.room, name="X"), lobby=world.lobby)


# ---- side doors ---------------------------------------------------------------------------------------


@scenario()
def anonymous_client_cannot_create_a_room(world: World) -> None:
    outside(world.client(GUEST).join(world.room, name="X"), "not-allowed")
    outside(world.client(HOST, token=make_token(world.name)).join(world.room, name="X"), "not-allowed")


@scenario()
def health_check_rooms_are_for_jicofo_alone(world: World) -> None:
    for domain, token in ((GUEST, None), (HOST, make_token("*"))):
        room = f"__jicofo-health-check-{uuid.uuid4().hex}@{CONFERENCE}"
        client = world.client(domain, token=token)
        check(client.request_conference(room), "jicofo is not ready")
        answer = client.join(room, name="X")
        check(not answer.inside and answer.condition in ("not-allowed", "service-unavailable"), f"{answer}")


@scenario()
def stranger_cannot_join_the_bridges_brewery(world: World) -> None:
    brewery = f"jvbbrewery@internal.auth.{HOST}"
    bridge = world.client(f"auth.{HOST}", user="jvb", password=JVB_PASSWORD, transport="websocket")
    inside(bridge.join(brewery, nick="bridge"))
    for client in (world.guest(), world.host()):
        with refused(Timeout):
            client.join(brewery, name="X", timeout=1)


@scenario()
def turn_credentials_are_for_those_inside(world: World) -> None:
    host = world.host_in_lobby()
    waiting = world.waiting_guest()
    asked = f"<service type='turn' host='{HOST}'/>"
    for who in (waiting, world.guest()):
        for domain in (HOST, f"metadata.{HOST}", GUEST, CONFERENCE):
            for element, inner in (("services", ""), ("credentials", asked)):
                try:
                    services = who.turn_services(domain, element=element, inner=inner)
                except StanzaError:
                    continue
                check(not services, f"{element} at {domain}: {len(services)} services for somebody outside")
    guest = world.admitted_guest(host)
    for who in (host, guest):
        services = who.turn_services(HOST)
        equal(sorted(s["type"] for s in services), ["stun", "turn", "turns"])
        check(all(s.get("password") for s in services if s["type"] != "stun"), "no credentials")
        check(any('"services"' in text for text in who.json_messages(f"metadata.{HOST}")), "no services in the metadata")


@scenario()
def rooms_are_in_no_list_and_tell_nothing_to_strangers(world: World) -> None:
    world.host_in_lobby()
    guest = world.guest()
    for component in (CONFERENCE, f"breakout.{HOST}"):
        equal(guest.items(component), [])
    try:
        equal(guest.items(f"lobby.{HOST}", timeout=1), [])
    except Timeout:
        pass  # Jitsi's lobby gives no answer at all
    with refused(StanzaError, "forbidden"):
        guest.identities(world.room)


def make_breakout_room(world: World, host: Client) -> str:
    mark = host.mark()
    host.send(
        f"<message xmlns='jabber:client' to='breakout.{HOST}'>"
        "<breakout_rooms type='features/breakout-rooms/add' subject='Groep 1'/></message>"
    )
    news = host.wait(lambda e: local(e) == "message" and f"@breakout.{HOST}" in "".join(e.itertext()), since=mark)
    text = "".join(news.itertext()).replace("\\/", "/")
    at = text.index(f"@breakout.{HOST}")
    return text[at - 36 : at] + f"@breakout.{HOST}"


@scenario()
def breakout_room_is_no_side_door(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    breakout = make_breakout_room(world, host)
    world.focus.client.join(breakout, nick="focus")
    inside(guest.join(breakout, name="Gerda"))
    outside(world.guest().join(breakout, name="Buiten"))
    stranger = world.client(HOST, token=make_token("elsewhere"))
    outside(stranger.join(breakout, name="Vreemd"))
    inside(host.join(breakout))


@scenario()
def breakout_room_beside_a_password_is_no_side_door(world: World) -> None:
    """Prosody makes a breakout room members-only when the main room is so at that moment, and only then."""
    host = world.host()
    host.configure(world.room, membersonly=False, password="geheim")
    guest = world.guest()
    inside(guest.join(world.room, name="Gerda", password="geheim"))
    breakout = make_breakout_room(world, host)
    world.focus.client.join(breakout, nick="focus")
    inside(guest.join(breakout, name="Gerda"))
    equal(guest.last_item(breakout, guest.nick).get("role"), "participant")
    for name in ("Buiten", "Ook buiten"):
        check(not world.guest().join(breakout, name=name).inside, "is inside")
    stranger = world.client(HOST, token=make_token("elsewhere"))
    check(not stranger.join(breakout, name="Vreemd").inside, "is inside")


@scenario(Flavour(max_occupants=2))
def full_room_takes_nobody_more(world: World) -> None:
    world.host()
    world.host()
    third = world.client(HOST, token=make_token(world.name))
    third.request_conference(world.room)
    outside(third.join(world.room), "service-unavailable")


# ---- what is broken or missing refuses ----------------------------------------------------------------


def edited(*edits: tuple[str, str]) -> Flavour:
    """A server whose host file differs."""
    return Flavour(edits=edits)


FAULTS = edited(('"vc4all_gate"', '"vc4all_gate"; "vc4all_test_breakage"'))


@scenario(FAULTS, transports=("websocket",))
def lobby_dropped_by_another_module_opens_nothing(world: World) -> None:
    room = f"opened{world.name}@{CONFERENCE}"
    host, guest = world.client(HOST, token=make_token(f"opened{world.name}")), world.guest()
    host.request_conference(room)
    inside(host.join(room))
    outside(guest.join(room, name="X"))


@scenario(FAULTS, transports=("websocket",))
def error_inside_the_gate_refuses(world: World) -> None:
    room = f"broken{world.name}@{CONFERENCE}"
    host = world.client(HOST, token=make_token(f"broken{world.name}"))
    host.request_conference(room)
    outside(host.join(room), "internal-server-error")
    outside(world.guest().join(room, name="X"), "internal-server-error")
    lines = [line for line in world.server.log().splitlines() if "the gate failed at" in line]
    check(lines, "no line in the log")
    check(not any("@" in line or room.partition("@")[0] in line for line in lines), f"{lines[0]} names the room")


@scenario(edited(('"muc_lobby_rooms"; ', ""), ('"persistent_lobby";', "")), transports=("websocket",))
def without_the_lobby_module_no_guest_gets_in(world: World) -> None:
    guest = world.guest()
    outside(guest.join(world.room, name="X"), "service-unavailable")
    host = world.host()
    outside(guest.join(world.room, name="X"), "service-unavailable")
    host.configure(world.room, password="geheim")
    outside(guest.join(world.room, name="X", password="mis"), "not-authorized")
    inside(guest.join(world.room, name="X", password="geheim"))


@scenario(edited(('"token_verification"; ', "")), transports=("websocket",))
def without_token_verification_nobody_is_a_host(world: World) -> None:
    host = world.client(HOST, token=make_token(world.name))
    host.request_conference(world.room)
    outside(host.join(world.room, name="X"), lobby=world.lobby)


@scenario(edited((f'token_verification_allowlist = {{ "guest.{HOST}" }}', f'token_verification_allowlist = {{ "guest.{HOST}", "{HOST}" }}')))
def allowlist_with_too_much_binds_tokens_to_their_room_still(world: World) -> None:
    stranger = world.client(HOST, token=make_token("elsewhere"))
    stranger.request_conference(world.room)
    outside(stranger.join(world.room, name="X"), "not-allowed")
    world.host()


@scenario(edited(("allow_empty_token = false", "allow_empty_token = false; asap_require_room_claim = false")))
def tokens_for_every_room_make_hosts_on_the_main_domain_only(world: World) -> None:
    for token in ("anything", make_token(world.name)):
        guest = world.client(GUEST, token=token)
        guest.request_conference(world.room)
        answer = guest.join(world.room, name="X")
        outside(answer, lobby=world.lobby)
        check(answer.waiting_for_host, "counts as host")
    host = world.client(HOST, token=make_token("", without=("room",)))
    host.request_conference(world.room)
    inside(host.join(world.room))


@scenario(edited(("allow_empty_token = false", "allow_empty_token = true")))
def empty_token_makes_no_host_even_where_it_is_allowed(world: World) -> None:
    nobody = world.client(HOST)
    nobody.request_conference(world.room)
    answer = nobody.join(world.room, name="X")
    outside(answer, lobby=world.lobby)
    check(answer.waiting_for_host, "counts as host")


@scenario(edited(("restrict_room_creation = true\n    storage = \"memory\"\n    modules_enabled = {\n        \"muc_hide_all\"; \"muc_meeting_id\"; \"muc_domain_mapper\"; \"muc_rate_limit\"; \"muc_password_whitelist\"", "storage = \"memory\"\n    modules_enabled = {\n        \"muc_hide_all\"; \"muc_meeting_id\"; \"muc_domain_mapper\"; \"muc_rate_limit\"; \"muc_password_whitelist\"")))
def rooms_are_made_by_jicofo_alone_also_without_the_option(world: World) -> None:
    outside(world.client(GUEST).join(world.room, name="X"), "not-allowed")
    world.host()


@scenario(edited(('"vc4all_gate"', '"muc_wait_for_host"; "vc4all_gate"'), ("anonymous_strict = true", "anonymous_strict = false")))
def upstreams_gate_beside_ours_opens_nothing(world: World) -> None:
    guest = world.waiting_guest()
    world.host()
    answer = guest.join(world.room, name="Gerda")
    outside(answer)
    outside(guest.join(world.room, nick="focus", name="Gerda"), "conflict" if answer.inside else "registration-required")


def no_session(world: World) -> None:
    """Prosody ends a guest's stream before any log-in."""
    try:
        world.client(GUEST)
    except (LoginRefused, Timeout):
        raise
    except XmppError as error:
        check(str(error).startswith("connection "), f"the log-in failed in another way: {error}")
    else:
        raise AssertionError("a guest has a session")


def without_a_gate(world: World) -> None:
    """No guest has a session, and none gets one; meeting hosts are not kept from their room."""
    no_session(world)
    host = world.client(HOST, token=make_token(world.name))
    check(host.request_conference(world.room), "jicofo is not ready")
    inside(host.join(world.room))
    no_session(world)
    stranger = world.client(HOST, token=make_token("elsewhere"))
    outside(stranger.join(world.room, name="X"), "not-allowed")
    check(world.server.sign()[0] in (404, 503), "the sign of health shows")


@scenario(Flavour(gate_edits=None))
def without_the_gates_file_no_guest_gets_in(world: World) -> None:
    without_a_gate(world)


@scenario(Flavour(gate_edits=(("local MUC =", "local local MUC ="),)))
def with_a_syntax_error_in_the_gate_no_guest_gets_in(world: World) -> None:
    without_a_gate(world)


@scenario(Flavour(without=("vc4all_names.lib.lua",)), transports=("websocket",))
def without_the_file_about_names_no_guest_gets_in(world: World) -> None:
    without_a_gate(world)


@scenario(Flavour(without=("vc4all_lifetime.lib.lua",)), transports=("websocket",))
def without_the_file_about_the_end_of_tokens_no_guest_gets_in(world: World) -> None:
    without_a_gate(world)


@scenario(Flavour(without=("vc4all_audit.lib.lua",)), transports=("websocket",))
def without_the_file_about_the_audit_no_guest_gets_in(world: World) -> None:
    without_a_gate(world)


@scenario(Flavour(without=("vc4all_crowd.lib.lua",)), transports=("websocket",))
def without_the_file_about_crowds_no_guest_gets_in(world: World) -> None:
    without_a_gate(world)


@scenario(Flavour(gate_edits=(("local MUC =", "require 'util.gone';\nlocal MUC ="),)))
def with_a_gate_that_fails_while_it_loads_no_guest_gets_in(world: World) -> None:
    without_a_gate(world)


@scenario(Flavour(gate_edits=(("load_options();\nmodule:hook", "load_options(); error('for the test');\nmodule:hook"),)))
def with_a_gate_that_loads_by_half_no_guest_gets_in(world: World) -> None:
    without_a_gate(world)


@scenario(edited((f'vc4all_gate_guest_host = "{GUEST}"', "")), transports=("websocket",))
def without_the_name_of_the_guests_domain_no_guest_gets_in(world: World) -> None:
    without_a_gate(world)


@scenario(edited(("http_cors_override", "-- for a test that unloads the gate\nhttp_cors_override")))
def gate_that_is_unloaded_sends_the_guests_away(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)

    def tell(act: str) -> None:
        equal(world.server.prosodyctl("shell", f'module:{act}("vc4all_gate", "{CONFERENCE}")').returncode, 0)

    with contextlib.ExitStack() as stack:
        stack.callback(tell, "load")
        tell("unload")
        until(lambda: guest.closed, "the guest inside keeps the connection")
        no_session(world)
        check(not host.closed, "the host has lost the connection")
        equal(world.server.sign()[0], 404)
    equal(world.server.sign(), (200, "ok\n"))
    outside(world.guest().join(world.room, name="Gerda"), lobby=world.lobby)


@scenario(transports=("bosh",))
def sign_of_health_shows_what_is_loaded(world: World) -> None:
    equal(world.server.sign(), (200, "ok\n"))
    equal(world.server.sign("localhost"), (200, "ok\n"))


@scenario(edited(('"muc_lobby_rooms"; ', "")), transports=("bosh",))
def sign_of_health_misses_the_lobby(world: World) -> None:
    equal(world.server.sign()[0], 503)


@scenario(edited(('"token_verification"; ', "")), transports=("bosh",))
def sign_of_health_misses_the_check_of_tokens(world: World) -> None:
    equal(world.server.sign()[0], 503)


@scenario(edited(("enabled = false", "enabled = true")), transports=("bosh",))
def sign_of_health_misses_the_lock_of_the_guests_domain(world: World) -> None:
    equal(world.server.sign()[0], 503)


RECORDER = (
    ('VirtualHost "auth.', f'VirtualHost "recorder.{HOST}"\n    authentication = "internal_hashed"\n\nVirtualHost "auth.'),
    (f'token_verification_allowlist = {{ "guest.{HOST}" }}', f'token_verification_allowlist = {{ "guest.{HOST}", "recorder.{HOST}" }}\n    vc4all_gate_exempt = {{ "recorder.{HOST}" }}'),
    (f'muc_password_whitelist = {{ "focus@auth.{HOST}" }}', f'muc_password_whitelist = {{ "focus@auth.{HOST}", "recorder@recorder.{HOST}" }}'),
)


@scenario(edited(*RECORDER), transports=("websocket",))
def own_recorder_passes_lobby_and_password(world: World) -> None:
    host = world.host_in_lobby()
    host.configure(world.room, password="geheim")
    recorder = world.client(f"recorder.{HOST}", user="recorder", password=RECORDER_PASSWORD)
    answer = recorder.join(world.room, nick="jibri1", name="Opname")
    inside(answer)
    equal(answer.role, "participant")
    outside(world.guest().join(world.room, name="Gerda"), lobby=world.lobby)


# ---- the other settings of vc4all_gate_guests ---------------------------------------------------------


@scenario(Flavour(guests="lobby"))
def lobby_setting_a_password_alone_does_not_open(world: World) -> None:
    host = world.host_in_lobby()
    host.configure(world.room, password="geheim")
    guest = world.guest()
    outside(guest.join(world.room, name="Gerda", password="geheim"), lobby=world.lobby)
    host.configure(world.room, membersonly=False, password="geheim")
    outside(guest.join(world.room, name="Gerda", password="geheim"), lobby=world.lobby)
    inside(host.join(world.lobby))
    admitted = world.admitted_guest(host, "Toegelaten")
    check(admitted.last_item(world.room, admitted.nick) is not None, "the admitted guest is not inside")


@scenario(Flavour(guests="password"))
def password_setting_nobody_knocks(world: World) -> None:
    early = world.waiting_guest("Vroeg")
    host = world.host()
    early.wait_sent_away(world.lobby)
    outside(early.join(world.room, name="Vroeg"), "not-authorized")
    outside(early.join(world.room, name="Vroeg", password=""), "not-authorized")
    host.configure(world.room, password="geheim")
    outside(early.join(world.room, name="Vroeg", password="mis"), "not-authorized")
    inside(early.join(world.room, name="Vroeg", password="geheim"))
    host.configure(world.room, membersonly=True)
    guest = world.guest()
    outside(guest.join(world.room, name="Gerda"), "not-authorized")
    outside(guest.join(world.lobby, name="Gerda"), "not-allowed")
    inside(guest.join(world.room, name="Gerda", password="geheim"))


@scenario(Flavour(guests="none"))
def none_setting_no_guest_ever(world: World) -> None:
    guest = world.guest()
    outside(guest.join(world.room, name="Gerda"), "not-allowed")
    host = world.host()
    outside(guest.join(world.room, name="Gerda"), "not-allowed")
    host.configure(world.room, membersonly=True, password="geheim")
    outside(guest.join(world.room, name="Gerda", password="geheim"), "not-allowed")
    outside(guest.join(world.lobby, name="Gerda"), "not-allowed")
    host.admit(world.room, guest.jid)
    guest.wait_admitted(world.room)
    outside(guest.join(world.room, name="Gerda"), "not-allowed")


@scenario(Flavour(guests="everybody"))
def unknown_setting_lets_no_guest_in(world: World) -> None:
    world.host()
    outside(world.guest().join(world.room, name="Gerda"), "not-allowed")


@scenario(Flavour(guests=UPSTREAMS_GATE))
def contrast_upstreams_gate_admits_everybody_who_waited(world: World) -> None:
    guest = world.waiting_guest()
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)
    world.host()
    guest.wait_sent_away(world.lobby)
    inside(guest.join(world.room, name="Gerda"))


@scenario(Flavour(guests=UPSTREAMS_GATE), stand_ins_only=True)  # Jitsi closed this in the summer of 2026
def contrast_upstreams_gate_takes_any_word_in_the_url_for_a_host(world: World) -> None:
    guest = world.client(GUEST, token="anything")
    guest.request_conference(world.room)
    inside(guest.join(world.room))
    until(lambda: guest.last_item(world.room, guest.nick).get("affiliation") == "owner", "is no owner")


__all__ = ["SCENARIOS", "Scenario", "World", "XmppError", "check", "child", "equal", "quoteattr", "STANZAS"]
