"""What else the gate keeps: names, places, tokens for many rooms, strangers, and what meeting hosts are told."""

from __future__ import annotations

import json
import random
import uuid

from scenarios import GUEST, RECORDER, World, check, edited, equal, inside, outside, refused, scenario, until
from server import CONFERENCE, HOST, JVB_PASSWORD, RECORDER_PASSWORD, Flavour, make_token
from xmpp_client import Client, JoinAnswer, StanzaError

# ---- what meeting hosts are told ----------------------------------------------------------------------


def told(client: Client, room: str) -> list[str]:
    """The texts that the room itself has put into this client's chat."""
    news = [json.loads(text) for text in client.json_messages(room)]
    return [one["message"] for one in news if one.get("type") == "system_chat_message"]


@scenario()
def hosts_are_told_once_that_the_lobby_is_on_again(world: World) -> None:
    host, second = world.host_in_lobby(), world.host()
    admitted = world.admitted_guest(host)
    host.configure(world.room, membersonly=False)
    next_guest = world.guest()
    outside(next_guest.join(world.room, name="Volgende"), lobby=world.lobby)
    outside(world.guest().join(world.room, name="Nog een"), lobby=world.lobby)
    for client in (host, second):
        until(lambda c=client: told(c, world.room), "a host is not told")
        equal(len(told(client, world.room)), 1)
        text = told(client, world.room)[0]
        check("De wachtruimte (lobby) staat weer aan" in text and "The lobby is on again" in text, text)
        check("Volgende" not in text and next_guest.nick not in text and world.name not in text, text)
    for client in (admitted, next_guest, world.focus.client):
        equal(told(client, world.room), [])
    host.configure(world.room, membersonly=False)
    outside(world.guest().join(world.room, name="Later"), lobby=world.lobby)
    until(lambda: len(told(host, world.room)) == 2, "a host is not told the second time")


@scenario(Flavour(guests="lobby"))
def hosts_are_told_that_the_lobby_stays_on_here(world: World) -> None:
    host = world.host_in_lobby()
    host.configure(world.room, membersonly=False, password="geheim")
    outside(world.guest().join(world.room, name="Gerda", password="geheim"), lobby=world.lobby)
    until(lambda: told(host, world.room), "the host is not told")
    check("met de hand toegelaten" in told(host, world.room)[0], "another text")


@scenario(edited(('vc4all_gate_language = "nl en"', 'vc4all_gate_language = "en"')))
def hosts_are_told_in_the_languages_of_the_instance(world: World) -> None:
    host = world.host_in_lobby()
    host.configure(world.room, membersonly=False)
    outside(world.guest().join(world.room, name="Next"), lobby=world.lobby)
    until(lambda: told(host, world.room), "the host is not told")
    check(told(host, world.room)[0].startswith("The lobby is on again") and "\n" not in told(host, world.room)[0], "more than English")


# ---- names --------------------------------------------------------------------------------------------


def try_name(world: World, name: str, domain: str = CONFERENCE) -> list[JoinAnswer]:
    """A meeting host and a guest at the door of a room of that name."""
    room, answers = f"{name}@{domain}", []
    sub = domain.removeprefix("conference.").removesuffix(f".{HOST}")
    for who in (
        world.client(HOST, token=make_token(name, sub=sub), room=name),
        world.client(GUEST, room=name),
    ):
        check(who.request_conference(f"{name}@{CONFERENCE}") if domain == CONFERENCE else True, "jicofo is not ready")
        answers.append(who.join(room, name="Gerda"))
        if not answers[-1].inside:
            world.stack.callback(who.close)
    if world.focus.is_in(room) and not any(answer.inside for answer in answers):
        world.focus.drop(room)
    return answers


@scenario()
def room_with_a_name_that_is_easy_to_guess_takes_nobody(world: World) -> None:
    for name in ("raad", "overleg-2026", "raad-7135824690", "sollicitatiegesprek-2", "%c3%a9%c3%a9%c3%a9%c3%a9"):
        for answer in try_name(world, name):
            outside(answer, "not-allowed")
            check("te makkelijk te raden" in answer.text and "too easy to guess" in answer.text, f"{name}: {answer}")


@scenario()
def room_with_a_name_that_is_just_hard_enough_opens(world: World) -> None:
    digits = f"{random.randrange(10**10, 10**11)}"
    host, guest = try_name(world, f"raad-{digits}")  # 42 bits
    inside(host)
    outside(guest)


@scenario()
def tenants_name_makes_no_room_hard_to_guess(world: World) -> None:
    tenant = "gemeentevoorbeeldstad8172635491"
    world.focus.client.join(f"raad@conference.{tenant}.{HOST}", nick="focus")
    for answer in try_name(world, "raad", f"conference.{tenant}.{HOST}"):
        outside(answer, "not-allowed")
        check("too easy to guess" in answer.text, f"{answer}")
    world.focus.client.leave(f"raad@conference.{tenant}.{HOST}", nick="focus")


@scenario(edited(("vc4all_gate_room_name_bits = 40", "vc4all_gate_room_name_bits = 0")))
def room_of_any_name_opens_where_the_least_strength_is_nought(world: World) -> None:
    host, guest = try_name(world, f"raad{random.randrange(100)}")
    inside(host)
    outside(guest)


# ---- places -------------------------------------------------------------------------------------------


@scenario(Flavour(max_occupants=4))
def room_full_of_guests_has_places_for_its_hosts(world: World) -> None:
    host = world.host()
    host.configure(world.room, membersonly=False, password="geheim")
    for name in ("Een", "Twee"):
        inside(world.guest().join(world.room, name=name, password="geheim"))
    outside(world.guest().join(world.room, name="Drie", password="geheim"), "service-unavailable")
    second = world.host()
    outside(world.client(HOST, token=make_token(world.name)).join(world.room), "service-unavailable")
    host.leave(world.room)
    host.close()
    outside(world.guest().join(world.room, name="Drie", password="geheim"), "service-unavailable")
    world.host()
    equal(second.last_item(world.room, second.nick).get("role"), "moderator")


@scenario(Flavour(max_occupants=4))
def guest_who_waits_takes_no_place_in_a_full_room(world: World) -> None:
    host = world.host_in_lobby()
    late = world.waiting_guest("Laat")
    for name in ("Een", "Twee"):
        world.admitted_guest(host, name)
    host.admit(world.room, host.wait_knocker(world.lobby, late.nick).jid)
    late.wait_admitted(world.room)
    outside(late.join(world.room, name="Laat"), "service-unavailable")


WITH_RECORDER = Flavour(
    max_occupants=2,
    edits=(*RECORDER, (f'muc_access_whitelist = {{ "focus@auth.{HOST}" }}', f'muc_access_whitelist = {{ "focus@auth.{HOST}", "recorder.{HOST}" }}')),
)


@scenario(WITH_RECORDER, transports=("websocket",))
def jicofo_and_the_recorder_take_no_place(world: World) -> None:
    host = world.host()
    recorder = world.client(f"recorder.{HOST}", user="recorder", password=RECORDER_PASSWORD)
    inside(recorder.join(world.room, nick="jibri1", name="Opname"))
    host.configure(world.room, membersonly=False, password="geheim")
    inside(world.guest().join(world.room, name="Gerda", password="geheim"))
    check(world.focus.is_in(world.room), "jicofo is not there")
    outside(world.guest().join(world.room, name="Teveel", password="geheim"), "service-unavailable")


# ---- tokens for many rooms ----------------------------------------------------------------------------

FOR_MANY = {
    "every room": {"room": "*"},
    "rooms by a pattern": {"room": ".*", "context": {"room": {"regex": True}}},
    "every domain": {"sub": "*"},
}


@scenario()
def token_for_many_rooms_opens_none(world: World) -> None:
    world.host()
    for kind, claims in FOR_MANY.items():
        stranger = world.client(HOST, token=make_token(**({"room": world.name} | claims)))
        answer = stranger.join(world.room, name="X")
        check(not answer.inside and answer.condition == "not-allowed", f"{kind}: {answer}")
    with refused(Exception):
        world.client(HOST, token=make_token("", without=("room",)))


@scenario(edited(("allow_empty_token = false", "allow_empty_token = false; asap_require_room_claim = false")))
def token_for_many_rooms_opens_them_where_tokens_need_not_name_a_room(world: World) -> None:
    for claims in FOR_MANY.values():
        host = world.client(HOST, token=make_token(**({"room": world.name} | claims)))
        host.request_conference(world.room)
        inside(host.join(world.room))
    outside(world.client(HOST, token=make_token("elsewhere")).join(world.room, name="X"), "not-allowed")


@scenario()
def token_of_another_instance_opens_nothing_here(world: World) -> None:
    """Another instance has another secret; where it had the same, its name is another."""
    for claims in ({"secret": "of-another-instance", "sub": "andere.vc4all.test"}, {"secret": "of-another-instance"}):
        with refused(Exception, "not-allowed"):
            world.client(HOST, token=make_token(world.name, **claims))
    stranger = world.client(HOST, token=make_token(world.name, sub="andere.vc4all.test"))
    stranger.request_conference(world.room)
    outside(stranger.join(world.room, name="X"), "not-allowed")


# ---- coming back --------------------------------------------------------------------------------------


@scenario(transports=("websocket",))
def host_who_loses_the_connection_comes_back_as_host(world: World) -> None:
    host = world.host()
    host.enable_resumption()
    outside(world.guest().join(world.room, name="Voor"), lobby=world.lobby)
    host.cut()
    outside(world.guest().join(world.room, name="Tijdens"), lobby=world.lobby)
    back = world.client(HOST, token=make_token(world.name), resume_from=host)
    equal(back.jid, host.jid)
    equal(back.room_form(world.room).get("muc#roomconfig_membersonly"), "1")
    outside(world.guest().join(world.room, name="Na"), lobby=world.lobby)


@scenario(transports=("websocket",))
def guest_who_waits_and_loses_the_connection_still_waits(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.guest()
    guest.enable_resumption()
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)
    inside(guest.knock(world.lobby, name="Gerda"))
    guest.cut()
    back = world.client(GUEST, resume_from=guest)
    outside(back.join(world.room, name="Gerda"), lobby=world.lobby)
    check(host.wait_knocker(world.lobby, guest.nick).jid == back.jid, "waits under another address")


@scenario()
def everybody_with_a_new_connection_is_judged_anew(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    world.host()  # stays, so that jicofo does
    for client in (host, guest):
        client.cut()
    outside(world.guest().join(world.room, name="Gerda"), lobby=world.lobby)
    again = world.host()
    outside(world.guest().join(world.room, name="Gerda"), lobby=world.lobby)
    equal(again.room_form(world.room).get("muc#roomconfig_membersonly"), "1")


# ---- strangers ----------------------------------------------------------------------------------------


@scenario()
def client_of_another_domain_gets_nowhere(world: World) -> None:
    host = world.host()
    host.configure(world.room, membersonly=False, password="geheim")
    bridge = world.client(f"auth.{HOST}", user="jvb", password=JVB_PASSWORD)
    for password in (None, "geheim"):
        outside(bridge.join(world.room, nick="bridge", name="X", password=password), "not-allowed")
    host.configure(world.room, membersonly=True)
    outside(bridge.join(world.lobby, nick="bridge", name="X"), "not-allowed")


SIDE_DOOR = edited(('"vc4all_gate"', '"vc4all_gate"; "vc4all_test_side_door"'))


@scenario(SIDE_DOOR, transports=("websocket",))
def other_servers_and_components_get_nowhere(world: World) -> None:
    host = world.host()
    host.configure(world.room, membersonly=False, password="geheim")
    for kind, domain in (
        ("s2sin", "meet.jitsi"), ("s2sin", "v1.meet.jitsi"), ("s2sin", GUEST), ("s2sin", HOST), ("s2sin", f"auth.{HOST}"),
        ("component", f"visitors.{HOST}"), ("component", f"metadata.{HOST}"), ("component", HOST),
        ("local", GUEST), ("local", HOST), ("c2s", f"auth.{HOST}"), ("c2s", f"visitors.{HOST}"),
    ):
        who = f"{uuid.uuid4()}@{domain}/web"
        equal(world.server.side_door(kind=kind, room=world.room, password="geheim", **{"from": who}), "not-allowed")
    focus = f"focus@auth.{HOST}/elsewhere"
    equal(world.server.side_door(kind="s2sin", room=world.room, nick="zijdeur", **{"from": focus}), "not-allowed")
    who = world.guest().jid  # the same stanza of a client, so that the test can fail
    equal(world.server.side_door(kind="s2sin", room=world.room, password="geheim", **{"from": who}), "not-allowed")
    equal(world.server.side_door(kind="c2s", room=world.room, password="geheim", **{"from": who}), "inside")


@scenario(SIDE_DOOR, transports=("websocket",))
def other_servers_and_components_do_not_knock_either(world: World) -> None:
    world.host_in_lobby()
    for kind, domain in (("s2sin", GUEST), ("component", f"visitors.{HOST}"), ("c2s", f"auth.{HOST}")):
        who = f"{uuid.uuid4()}@{domain}/web"
        equal(world.server.side_door(kind=kind, room=world.lobby, **{"from": who}), "not-allowed")


@scenario()
def who_asks_to_be_a_visitor_is_a_guest(world: World) -> None:
    guest = world.client(GUEST, vnode="v1")
    check(guest.request_conference(world.room), "jicofo is not ready")
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)
    world.host()
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)
    for address, payload in (
        (f"visitors.{HOST}", f"<visitors xmlns='jitsi:visitors' room='{world.room}'><promotion-request/></visitors>"),
        (f"visitors.{HOST}", "<query xmlns='http://jabber.org/protocol/disco#info'/>"),
        ("conference.v1.meet.jitsi", "<query xmlns='http://jabber.org/protocol/disco#info'/>"),
    ):
        with refused(StanzaError):
            guest.iq("get", address, payload)
    for room in (f"{world.name}@conference.v1.meet.jitsi", f"{world.name}@visitors.{HOST}"):
        check(not guest.join(room, name="Gerda").inside, f"is inside of {room}")
    outside(guest.join(f"{world.name}@conference.visitors.{HOST}", name="Gerda"), "not-allowed")
    with refused(StanzaError):
        guest.identities(f"visitors.{HOST}")


# ---- jicofo -------------------------------------------------------------------------------------------


@scenario(transports=("websocket",))
def jicofo_has_its_own_rooms(world: World) -> None:
    for name in (f"__jicofo-health-check-{uuid.uuid4().hex}", "__jicofo-health-check", "raad"):
        inside(world.focus.client.join(f"{name}@{CONFERENCE}", nick="focus"))
        world.focus.client.leave(f"{name}@{CONFERENCE}", nick="focus")
