"""Who is counted, and that new meetings wait while the servers are about to restart."""

from __future__ import annotations

import contextlib
import time
from typing import Iterator

from scenarios import BOTH, World, check, edited, equal, inside, make_breakout_room, outside, scenario, until
from server import HOST, RECORDER_PASSWORD, make_token

# A server of its own: nobody of another scenario is still on the way out.
OWN = edited(("vc4all_gate_language", "vc4all_gate_connections = 900\n    vc4all_gate_language"))


def counted(world: World, people: int, meetings: int, waiting: int = 0) -> None:
    wanted = {"people": people, "meetings": meetings, "waiting": waiting}
    with contextlib.suppress(AssertionError):
        until(lambda: world.server.census() == wanted, "")
    equal(world.server.census(), wanted)


@contextlib.contextmanager
def new_meetings_wait(world: World, seconds: int = 600) -> Iterator[None]:
    world.server.mark.write_text(f"{int(time.time()) + seconds}\n")
    world.server.mark.chmod(0o644)
    try:
        yield
    finally:
        world.server.mark.unlink()


@scenario(OWN)
def people_are_counted_and_programs_are_not(world: World) -> None:
    counted(world, 0, 0)
    waiting = world.waiting_guest()
    check(world.focus.is_in(world.room), "the focus is not in the room")
    counted(world, 0, 0, waiting=1)
    host = world.host()
    inside(host.join(world.lobby))
    counted(world, 1, 1, waiting=1)
    host.admit(world.room, host.wait_knocker(world.lobby, waiting.nick).jid)
    waiting.wait_admitted(world.room)
    inside(waiting.join(world.room, name="Gerda"))
    counted(world, 2, 1)
    waiting.close()
    counted(world, 1, 1)
    host.leave(world.room)
    host.leave(world.lobby)
    counted(world, 0, 0)


@scenario(OWN)
def two_meetings_are_two(world: World) -> None:
    host = world.host()
    other = World(world.server, world.focus, world.transport, world.stack)
    counted(world, 1, 1)
    second = other.host()
    other.host()
    counted(world, 3, 2)
    second.close()
    counted(world, 2, 2)
    check(host.last_item(world.room, host.nick) is not None, "the first host was thrown out")


@scenario(OWN)
def a_breakout_room_is_part_of_its_meeting(world: World) -> None:
    host = world.host_in_lobby()
    guest = world.admitted_guest(host)
    breakout = make_breakout_room(world, host)
    world.focus.client.join(breakout, nick="focus")
    guest.leave(world.room)
    inside(guest.join(breakout, name="Gerda"))
    counted(world, 2, 1)
    host.leave(world.room)
    counted(world, 1, 1)
    with new_meetings_wait(world):
        inside(host.join(world.room))
    counted(world, 2, 1)


@scenario(OWN, transports=("bosh",))
def the_answer_names_nobody(world: World) -> None:
    world.host()
    status, text = world.server.sign(path="/vc4all-census")
    equal(status, 200)
    check(len(text) < 100 and not any(word in text for word in (world.name, HOST, "@")), f"says more than numbers: {text}")


@scenario(OWN)
def no_meeting_begins_while_new_ones_wait(world: World) -> None:
    with new_meetings_wait(world):
        host = world.client(HOST, token=make_token(world.name))
        host.request_conference(world.room)
        answer = host.join(world.room)
        outside(answer, "not-allowed")
        for words in ("nieuwe vergaderingen", "no new meeting can begin"):
            check(words in answer.text, f"{words!r} is not said: {answer}")
        guest = world.guest()
        outside(guest.join(world.room, name="Gerda"), "not-allowed")
    inside(host.join(world.room))
    counted(world, 1, 1)


@scenario(OWN)
def a_meeting_goes_on_while_new_ones_wait(world: World) -> None:
    host = world.host_in_lobby()
    with new_meetings_wait(world):
        late = world.admitted_guest(host, "Laat")
        world.host()
        counted(world, 3, 1)
        check(late.last_item(world.room, late.nick) is not None, "who came late is not inside")


@scenario(OWN)
def waiting_ends_by_itself(world: World) -> None:
    with new_meetings_wait(world, seconds=-1):
        world.host()
    world.server.mark.write_text("no moment at all\n")
    world.server.mark.chmod(0o644)
    try:
        world.host()
    finally:
        world.server.mark.unlink()
