"""Meeting hosts of an identity provider and of a portal, on a Prosody with the options that the program renders for them."""

from __future__ import annotations

import pathlib
import re
import time

from identity_provider import Provider, hashed, id_token, key, room_token, signed
from scenarios import GUEST, World, check, equal, inside, outside, refused, scenario, until
from server import HOST, REPOSITORY, SECRET, Flavour
from xmpp_client import LoginRefused, StanzaError

GOLDEN = REPOSITORY / "tests/golden"
ACCOUNTS = f'authentication = "token"; app_id = "vc4all"; app_secret = "{SECRET}"; allow_empty_token = false'
MODERATION = re.compile(r"token_verification_require_token_for_moderation = (?:true|false)")
PORTAL_SECRET = "thesecretthatonlyaportalofthetestshas123"


def rendered(deployment: str) -> str:
    """Prosody's file as the program renders it for an inventory of the repository."""
    (path,) = pathlib.Path(GOLDEN, deployment, "debian-12/etc/prosody/conf.avail").glob("[!j]*.cfg.lua")
    return path.read_text()


def option(text: str, name: str) -> str:
    """The first string of an option."""
    return re.search(rf'\b{name} = \{{? ?"([^"]*)"', text)[1]


def flavour(text: str, *replaced: tuple[str, str], edits: tuple[tuple[str, str], ...] = ()) -> Flavour:
    """A server with the token options of a rendered file."""
    options = re.search(r'^\tauthentication = "token"\n.*?(?=^\tssl = )', text, re.DOTALL | re.MULTILINE)[0]
    for old, new in replaced:
        check(old in options, f"the rendered options have no {old}")
        options = options.replace(old, new)
    moderation = MODERATION.search(text)[0]
    return Flavour(edits=((ACCOUNTS, options), ("token_verification_require_token_for_moderation = true", moderation), *edits))


OIDC = rendered("keycloak")
OIDC_KEYS, ISSUER, AUDIENCE = (option(OIDC, name) for name in ("cache_keys_url", "asap_accepted_issuers", "asap_accepted_audiences"))
PORTAL = rendered("portaal")
PORTAL_ISSUER, PORTAL_AUDIENCE = (option(PORTAL, name) for name in ("asap_accepted_issuers", "asap_accepted_audiences"))

provider, turning, late = Provider("one", "two"), Provider("old"), Provider("one", away=True)
trusted, untrusted = Provider("one", encrypted=True), Provider("one", encrypted=True)
PROVIDER, TURNING, LATE, UNTRUSTED = (flavour(OIDC, (OIDC_KEYS, p.keys)) for p in (provider, turning, late, untrusted))
TRUSTED = flavour(
    OIDC, (OIDC_KEYS, trusted.keys),
    edits=(('ssl = { protocol = "tlsv1_2+" }', f'ssl = {{ protocol = "tlsv1_2+"; cafile = "{trusted.certificate}" }}'),),
)
SHARED = flavour(PORTAL, ("__vc4all_secret_portal__", PORTAL_SECRET))
PUBLISHED = flavour(
    PORTAL, ('app_secret = "__vc4all_secret_portal__"', f'cache_keys_url = "{provider.keys}"'), ('"HS256"', '"RS256"'),
)


def good(kid: str = "one", **claims: object) -> str:
    """An ID token that opens every room."""
    return signed(key(kid), id_token(ISSUER, AUDIENCE, **claims))


def meeting_host(world: World, token: str):
    """A client inside the room as its host; the keys may still be on their way."""
    host = accepted(world, token)
    check(host.request_conference(world.room), "jicofo is not ready")
    inside(host.join(world.room))
    return host


def accepted(world: World, token: str):
    """A client whose log-in was taken."""
    deadline = time.monotonic() + 15
    while True:
        try:
            return world.client(HOST, token=token)
        except LoginRefused:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def all_refused(world: World, bad: dict[str, str]) -> None:
    """Nobody logs in with any of these tokens, and none of them is in the log."""
    for kind, token in bad.items():
        try:
            world.client(HOST, token=token)
        except LoginRefused as error:
            equal((kind, error.condition), (kind, "not-allowed"))
        else:
            raise AssertionError(f"{kind}: was let in")
    log = world.server.log()
    check(not any(token in log for token in bad.values() if len(token) > 40), "a token is in the log")


@scenario(PROVIDER)
def somebody_of_the_provider_is_host_of_the_room(world: World) -> None:
    guest = world.waiting_guest()
    host = meeting_host(world, good())
    item = host.last_item(world.room, host.nick)
    equal((item.get("affiliation"), item.get("role")), ("owner", "moderator"))
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)
    inside(host.join(world.lobby))
    host.admit(world.room, host.wait_knocker(world.lobby, guest.nick).jid)
    guest.wait_admitted(world.room)
    inside(guest.join(world.room, name="Gerda"))


@scenario(PROVIDER)
def host_of_the_provider_sets_a_password_and_a_guest_inside_does_not(world: World) -> None:
    host = meeting_host(world, good("two"))
    host.configure(world.room, membersonly=False, password="geheim")
    guest = world.guest()
    outside(guest.join(world.room, name="Gerda"), "not-authorized")
    inside(guest.join(world.room, name="Gerda", password="geheim"))
    with refused(StanzaError):
        guest.configure(world.room, membersonly=False, password="")
    outside(world.guest().join(world.room, name="Piet"), "not-authorized")


@scenario(PROVIDER)
def bad_tokens_of_a_provider_open_nothing(world: World) -> None:
    meeting_host(world, good())
    public, claims, now = key("one").public, id_token(ISSUER, AUDIENCE), int(time.time())
    unsigned = good().rpartition(".")[0]
    with refused(LoginRefused, "not-allowed"):
        world.client(HOST)
    all_refused(world, {
        "empty": "",
        "garbage": "x.y.z",
        "no signature": unsigned + ".",
        "signature of another token": f"{unsigned}.{good(name='Piet').rpartition('.')[2]}",
        "foreign key of the same name": signed(key("foreign"), claims, kid="one"),
        "key that is not published": signed(key("foreign"), claims),
        "key without a name": signed(key("one"), claims, without=("kid",)),
        "expired": good(exp=now - 5),
        "not yet": good(nbf=now + 600),
        "for another client of the provider": good(aud="webwinkel"),
        "for any client": good(aud="*"),
        "without audience": signed(key("one"), claims, without=("aud",)),
        "of another realm": good(iss=f"{ISSUER}2"),
        "of any issuer": good(iss="*"),
        "without issuer": signed(key("one"), claims, without=("iss",)),
    })
    all_refused(world, {
        "alg none": signed(key("one"), claims, alg="none"),
        "alg None": signed(key("one"), claims, alg="None"),
        "without alg": signed(key("one"), claims, without=("alg",)),
        "another algorithm named": signed(key("one"), claims, alg="RS512"),
        "public key as secret": hashed(public, claims, kid="one"),
        "public key as secret, without its last line break": hashed(public.strip(), claims, kid="one"),
        "public key as secret, with the right algorithm named": hashed(public, claims, alg="RS256", kid="one"),
        "modulus as secret": hashed(key("one").jwk["n"].encode(), claims, kid="one"),
        "no secret": hashed(b"", claims, kid="one"),
        "secret of accounts": hashed(SECRET.encode(), room_token("vc4all", "jitsi", room=world.name)),
    })


@scenario(PROVIDER)
def token_of_the_provider_on_the_guests_domain_makes_no_host(world: World) -> None:
    guest = world.client(GUEST, token=good())
    guest.request_conference(world.room)
    answer = guest.join(world.room, name="X")
    outside(answer, lobby=world.lobby)
    check(answer.waiting_for_host, "counts as host")


@scenario(PROVIDER)
def token_of_the_provider_that_names_a_room_opens_that_room_alone(world: World) -> None:
    stranger = accepted(world, good(room="elders"))
    stranger.request_conference(world.room)
    outside(stranger.join(world.room, name="X"), "not-allowed")
    meeting_host(world, good(room=world.name))


def ended(world: World, token: str) -> None:
    """Whoever logs in with this token gets into no room, and is told why."""
    stranger = accepted(world, token)
    stranger.request_conference(world.room)
    answer = stranger.join(world.room, name="X")
    outside(answer, "not-allowed")
    check("Your log-in has ended, or has no end." in (answer.text or ""), f"is told: {answer.text}")


@scenario(PROVIDER)
def token_of_the_provider_without_a_near_end_opens_nothing(world: World) -> None:
    now = int(time.time())
    ended(world, signed(key("one"), id_token(ISSUER, AUDIENCE), without=("exp",)))
    ended(world, good(exp=now + 2 * 86400))
    ended(world, good(exp=253402300799))
    check("join refused: the token has ended, or never ends" in "\n".join(world.server.audit()), "no audit line")
    meeting_host(world, good(exp=now + 86400))


@scenario(PROVIDER)
def connection_that_outlives_its_token_opens_no_other_room(world: World) -> None:
    end = int(time.time()) + 5
    host = meeting_host(world, good(exp=end))
    late = accepted(world, good(exp=end))
    until(lambda: time.time() > end, "the tokens end")
    elsewhere = world.room.replace(world.name, f"{world.name}1")
    host.request_conference(elsewhere)
    outside(host.join(elsewhere), "not-allowed")
    outside(late.join(world.room, name="X"), "not-allowed")
    meeting_host(world, good())  # so that the room lives on
    host.leave(world.room)
    inside(host.join(world.room))


@scenario(TURNING)
def a_new_key_of_the_provider_is_learnt_and_the_old_one_forgotten(world: World) -> None:
    turning.kids = ["old"]
    meeting_host(world, good("old"))
    turning.kids = ["new"]
    accepted(world, good("new"))
    with refused(LoginRefused, "not-allowed"):
        world.client(HOST, token=good("old"))


@scenario(LATE)
def while_the_provider_is_away_nobody_new_is_host_and_later_they_are(world: World) -> None:
    if not late.served:
        all_refused(world, {"nobody can check it": good()})
        outside(world.guest().join(world.room, name="Gerda"), lobby=world.lobby)
        late.away = False
    meeting_host(world, good())
    with late.gone():
        meeting_host(world, good())


@scenario(TRUSTED, transports=("websocket",))
def keys_come_over_tls(world: World) -> None:
    meeting_host(world, good())


@scenario(UNTRUSTED, transports=("websocket",))
def keys_of_a_server_that_nobody_trusts_are_not_taken(world: World) -> None:
    until(lambda: "Failed to fetch keys" in world.server.log(), "the keys were asked for")
    all_refused(world, {"signed with the impostor's key": good()})


def portal_scenario(world: World, token) -> None:
    """What holds of a portal's tokens, however they are signed; `token` signs claims."""
    def claims(**more: object) -> dict[str, object]:
        return room_token(PORTAL_ISSUER, PORTAL_AUDIENCE, **{"room": world.name} | more)

    guest = world.waiting_guest()
    host = meeting_host(world, token(claims()))
    outside(guest.join(world.room, name="Gerda"), lobby=world.lobby)
    host.configure(world.room, membersonly=False, password="geheim")
    outside(world.guest().join(world.room, name="Piet"), "not-authorized")
    wrong = {
        "of another room": claims(room="elders"),
        "of every room": claims(room="*"),
        "of rooms that fit a pattern": claims(room=".*", context={"room": {"regex": True}}),
        "of another host": claims(sub="ander.voorbeeld.nl"),
        "of any host": claims(sub="*"),
    }
    for kind, body in wrong.items():
        stranger = accepted(world, token(body))
        stranger.request_conference(world.room)
        answer = stranger.join(world.room, name="X")
        check(not answer.inside, f"{kind}: was let in")
    now = int(time.time())
    ended(world, token({name: value for name, value in claims().items() if name != "exp"}))
    ended(world, token(claims(exp=now + 2 * 86400)))
    all_refused(world, {
        "empty": "",
        "of no room": token({name: value for name, value in claims().items() if name != "room"}),
        "expired": token(claims(exp=now - 5)),
        "of another issuer": token(claims(iss="ander")),
        "for another audience": token(claims(aud="ander")),
        "alg none": token(claims(), alg="none"),
        "foreign secret": hashed(b"another", claims()),
        "foreign key": signed(key("foreign"), claims(), kid="one"),
        "public key as secret": hashed(key("one").public, claims(), kid="one"),
        "secret of accounts": hashed(SECRET.encode(), claims()),
    })


@scenario(SHARED)
def portal_with_a_secret_opens_the_room_that_it_names(world: World) -> None:
    portal_scenario(world, lambda claims, **header: hashed(PORTAL_SECRET.encode(), claims, **header))


@scenario(PUBLISHED)
def portal_with_a_key_opens_the_room_that_it_names(world: World) -> None:
    portal_scenario(world, lambda claims, **header: signed(key("one"), claims, **header))
