"""The door of a host as a meeting host uses it, over HTTPS; reads JSON on standard input.

Prints `ok NAME` or `FAIL NAME: WHY` for each check, and writes the tokens that the door gave to the file `left`.
"""

from __future__ import annotations

import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import pathlib
import socket
import ssl
import struct
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "prosody"))

from meeting import Failed, check, from_address  # noqa: E402
from xmpp_client import Client, LoginRefused  # noqa: E402


class Answer:
    """What the door said."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status, self.headers = response.status, response.headers
        self.body = response.read().decode()

    def token(self, room: str) -> str:
        """The token in the fragment, where the answer leads into this room."""
        place = self.headers.get("Location", "")
        check(self.status == 303 and place.startswith(f"/{room}#jwt=%22"), f"{self.status}, {place[:40]!r}")
        return place.split("%22")[1]

    def cookie(self) -> str:
        return self.headers.get("Set-Cookie", "")


class Visit:
    """Somebody at the door, and what they know."""

    def __init__(self, given: dict):
        self.domain, self.way, self.authority = given["domain"], given["ways"][0], given["authority"]
        self.other_way = given["ways"][1]
        self.account, self.passphrase, self.key = given["account"], given["passphrase"], given["key"]
        self.recovery, self.room, self.foreign = given["recovery"], given["room"], given["foreign"]
        self.tokens: list[str] = []
        from_address(self.way["from"])

    def ask(self, method: str, path: str, fields: dict | None = None, way: dict | None = None, **headers: str) -> Answer:
        way = way or self.way
        context = ssl.create_default_context(cafile=self.authority)
        plain = socket.create_connection((way["to"], 443), 20, (way["from"], 0))
        with context.wrap_socket(plain, server_hostname=self.domain) as stream:
            connection = http.client.HTTPConnection(self.domain)
            connection.sock = stream
            body = None
            if fields is not None:
                body = urllib.parse.urlencode(fields)
                headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{self.domain}"} | headers
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())

    def log_in(self, way: dict | None = None, **fields: str) -> Answer:
        usual = {"room": self.room, "state": "", "lang": "nl", "account": self.account, "passphrase": self.passphrase}
        return self.ask("POST", "/door", usual | fields, way)

    def code(self, skew: int = 0) -> str:
        """The code of the app (RFC 6238), so many steps of 30 seconds from now."""
        key = base64.b32decode(self.key + "=" * (-len(self.key) % 8))
        digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + skew), hashlib.sha1).digest()
        start = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"

    def enter(self, transport: str, token: str, room: str) -> None:
        """Opens the room with a token, as Jitsi's client does."""
        options = {"transport": transport, "room": room, "connect_to": self.way["to"], "ca_file": self.authority}
        with Client.connect(f"https://{self.domain}", self.domain, token=token, **options) as host:
            check(host.request_conference(f"{room}@conference.{self.domain}"), "the focus is not ready")
            answer = host.join(f"{room}@conference.{self.domain}", name="Jo")
            check(answer.inside and answer.role == "moderator", f"{answer}")


def form_asks_for_three_things(visit: Visit) -> None:
    """the door shows its form in two languages, sets no cookie and needs no script"""
    for language, word in (("nl", "Wachtzin"), ("en", "Passphrase")):
        answer = visit.ask("GET", f"/door?room={visit.room}&lang={language}")
        check(answer.status == 200 and word in answer.body, f"{answer.status}, no {word}")
        check(f'lang="{language}"' in answer.body and not answer.cookie(), "another language, or a cookie")
        check("<script" not in answer.body and "script-src" not in answer.headers["Content-Security-Policy"], "a script")


def wrong_attempts_look_alike(visit: Visit) -> None:
    """a wrong passphrase, a wrong code and an unknown account get the same answer"""
    seen = set()
    for fields in (
        {"passphrase": "x" * len(visit.passphrase), "code": visit.code()},
        {"code": "000000" if visit.code() != "000000" else "111111"},
        {"account": "nobody.here", "code": visit.code()},
    ):
        answer = visit.log_in(**fields)
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "date"}
        body = answer.body.replace("nobody.here", visit.account)
        headers.pop("Content-Length", None)
        seen.add((answer.status, json.dumps(headers, sort_keys=True), body))
    check(len(seen) == 1, f"{len(seen)} different answers: {[status for status, _, _ in seen]}")
    check(seen.pop()[0] == 403, "it is not refused")


def codes_open_the_room(visit: Visit) -> None:
    """codes of the step before, of now and of the step after open the room, over BOSH and websocket"""
    while int(time.time()) % 30 > 20:
        time.sleep(0.5)
    visit.used = visit.code(1)
    for skew, transport in ((-1, "bosh"), (0, "websocket"), (1, "bosh")):
        token = visit.log_in(code=visit.code(skew)).token(visit.room)
        visit.tokens.append(token)
        visit.enter(transport, token, visit.room)


def used_codes_are_refused(visit: Visit) -> None:
    """a code that was used, or comes two steps early, is refused"""
    for code in (visit.used, visit.code(3)):
        check(visit.log_in(code=code).status in (403, 429), "it is taken")


def recovery_code_is_good_once(visit: Visit) -> None:
    """a recovery code opens once"""
    code = visit.recovery[0]
    visit.tokens.append(visit.log_in(code="", recovery=code).token(visit.room))
    check(visit.log_in(code="", recovery=code).status == 403, "it is taken twice")


def token_is_bound_to_its_room(visit: Visit) -> None:
    """the door's token opens no other room"""
    other = "90417253806419273506"
    try:
        visit.enter("websocket", visit.tokens[0], other)
    except (LoginRefused, Failed):
        return
    raise Failed("it opens another room")


def stays_signed_in_where_wanted(visit: Visit) -> None:
    """who stays signed in opens a room without a passphrase, until they sign out"""
    answer = visit.log_in(code="", recovery=visit.recovery[1], stay="yes")
    visit.tokens.append(answer.token(visit.room))
    kept = answer.cookie()
    for word in ("__Host-", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        check(word in kept, f"no {word} in the cookie")
    cookie = kept.partition(";")[0]
    fields = {"room": visit.room, "state": "", "lang": "nl"}
    visit.tokens.append(visit.ask("POST", "/door/open", fields, Cookie=cookie).token(visit.room))
    check(visit.ask("POST", "/door/out", fields, Cookie=cookie).status == 303, "cannot sign out")
    check(visit.ask("POST", "/door/open", fields, Cookie=cookie).status == 403, "the cookie works still")


def other_sites_send_no_forms(visit: Visit) -> None:
    """a form that another site's page sends is refused"""
    fields = {"room": visit.room, "account": visit.account, "passphrase": visit.passphrase, "recovery": visit.recovery[2]}
    for origin in ("https://elsewhere.example", "null", f"http://{visit.domain}"):
        check(visit.ask("POST", "/door", fields, Origin=origin).status == 403, f"taken from {origin}")


def foreign_people_are_strangers(visit: Visit) -> None:
    """accounts and tokens of another instance are worth nothing here"""
    for person in visit.foreign:
        answer = visit.log_in(account=person["account"], passphrase=person["passphrase"], recovery=person["recovery"])
        check(answer.status == 403, f"{answer.status}")
        try:
            visit.enter("bosh", person["token"], person["room"])
        except (LoginRefused, Failed):
            continue
        raise Failed("a foreign token opens a room")


def guesses_are_bounded(visit: Visit) -> None:
    """of ten thousand guesses through the web server all but some dozens are not even judged"""
    def guess(number: int) -> int:
        return visit.log_in(way=visit.other_way, account="guessed.one", passphrase=f"guess {number}", code="123456").status

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(10_000)))
    judged = answers.count(403)
    print(f"{judged} judged, {answers.count(429)} told to wait, {answers.count(503)} found no place", file=sys.stderr)
    check(1 <= judged <= 40 and judged + answers.count(429) + answers.count(503) == len(answers), f"{judged} were judged")


CHECKS = [
    form_asks_for_three_things, wrong_attempts_look_alike, codes_open_the_room, used_codes_are_refused,
    recovery_code_is_good_once, token_is_bound_to_its_room, stays_signed_in_where_wanted, other_sites_send_no_forms,
    guesses_are_bounded,
]


def main() -> None:
    given = json.load(sys.stdin)
    visit = Visit(given)
    # People of another instance come when there is one.
    for play in [foreign_people_are_strangers] if visit.foreign else CHECKS:
        try:
            play(visit)
        except Exception as error:  # each check stands alone
            print(f"FAIL {play.__doc__}: {type(error).__name__} {error}".replace("\n", " "))
        else:
            print(f"ok {play.__doc__}")
    pathlib.Path(given["left"]).write_text("\n".join(visit.tokens))


if __name__ == "__main__":
    main()
