"""What a reload of Prosody changes, and that it cuts nobody off."""

from __future__ import annotations

import dataclasses

from scenarios import World, check, edited, inside, outside, scenario, until
from server import HOST, make_token

OPTIONS = ("vc4all_gate_guests", '"{}"'), ("vc4all_gate_room_name_bits", "{}"), ("vc4all_gate_language", '"{}"')
STRICT = 200  # bits that no name of these scenarios has


def options(guests: str = "lobby-or-password", bits: int = 40, languages: str = "nl en") -> str:
    """The file as the program renders it."""
    values = zip(OPTIONS, (guests, bits, languages))
    return "".join(f"{name} = {form.format(value)}\n" for (name, form), value in values)


# Our options stand in a file of their own, outside of the component, as the program renders them.
OWN = dataclasses.replace(
    edited(
        ('vc4all_gate_guests = "lobby-or-password"', ""),
        ("vc4all_gate_room_name_bits = 40", ""),
        ('vc4all_gate_language = "nl en"', ""),
    ),
    reloaded=options(),
)


@scenario(OWN)
def a_reload_changes_the_gate_and_cuts_nobody_off(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    try:
        world.server.reload(options(guests="none", languages="fr"))
        until(lambda: refused_as(world, "not-allowed"), "the gate still lets guests knock")
        world.server.reload(options(bits=STRICT, languages="fr"))
        until(lambda: too_easy(world).startswith("Le nom"), "the least strength or the language did not change")
        for client in (host, guest):
            client.iq("get", HOST, "<ping xmlns='urn:xmpp:ping'/>")
            check(client.last_item(world.room, client.nick) is not None, "somebody was thrown out")
    finally:
        world.server.reload(options())
    until(lambda: refused_as(world, "registration-required"), "the gate does not take the old options back")


def refused_as(world: World, condition: str) -> bool:
    return world.guest().join(world.room, name="Gerda").condition == condition


def too_easy(world: World) -> str:
    other = world.client(HOST, token=make_token(world.name))
    other.request_conference(world.room)
    return other.join(world.room).text


@scenario(OWN)
def after_a_reload_with_the_old_options_all_is_as_before(world: World) -> None:
    world.server.reload(options())
    outside(world.guest().join(world.room), lobby=world.lobby)
    inside(world.host().join(world.lobby))
