"""Meeting hosts who prove elsewhere that they are one: `elsewhere.py serve NAME ADDRESS FOLDER` is an identity provider
until it is ended; without arguments it reads JSON on standard input and tries tokens at a host.

Prints `ok NAME` or `FAIL NAME: WHY` for each check; the provider writes its key, its certificate and the address of its
keys into the folder.
"""

from __future__ import annotations

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "prosody"))

import names  # noqa: E402

KID = "lab"
OTHER_ROOM = "80357190246713950284"


def serve(name: str, address: str, folder: pathlib.Path) -> None:
    from identity_provider import KEYS, Provider, key

    provider = Provider(KID, encrypted=True, name=name, address=address)
    (folder / "key.pem").write_bytes(key(KID).private)
    (folder / "certificate.pem").write_bytes(provider.certificate.read_bytes())
    # Written last, and in one piece: who waits for it finds all of them.
    (folder / "keys.new").write_text(provider.keys)
    (folder / "keys.new").rename(folder / "keys")
    assert KID in KEYS
    while True:
        time.sleep(3600)


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        return serve(sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4]))
    given = json.load(sys.stdin)
    names.HOST = given["domain"]
    from identity_provider import Key, hashed, id_token, room_token, signed
    from meeting import Failed, Meeting, check
    from xmpp_client import LoginRefused, StanzaError

    meeting = Meeting(given | {"token": ""})
    issuer, audience = given["issuer"], given["audience"]
    if given["way"] == "portal":
        secret = given["secret"].encode()
        good = hashed(secret, room_token(issuer, audience, room=meeting.name))
        bad = {
            "another secret": hashed(b"x" * 40, room_token(issuer, audience, room=meeting.name)),
            "another room": hashed(secret, room_token(issuer, audience, room=OTHER_ROOM)),
            "every room": hashed(secret, room_token(issuer, audience, room="*")),
            "another issuer": hashed(secret, room_token("elsewhere", audience, room=meeting.name)),
            "another audience": hashed(secret, room_token(issuer, "elsewhere", room=meeting.name)),
            "no time": hashed(secret, room_token(issuer, audience, room=meeting.name, exp=int(time.time()) - 300)),
        }
    else:
        signer = Key(KID, pathlib.Path(given["key"]).read_bytes())
        good = signed(signer, id_token(issuer, audience))
        bad = {
            "another key": signed(Key(KID), id_token(issuer, audience)),
            "an unknown key": signed(Key("strange"), id_token(issuer, audience)),
            "the public key as a secret": hashed(signer.public, id_token(issuer, audience), kid=KID),
            "another issuer": signed(signer, id_token("https://elsewhere.example", audience)),
            "another audience": signed(signer, id_token(issuer, "elsewhere")),
            "no time": signed(signer, id_token(issuer, audience, exp=int(time.time()) - 300)),
        }
    bad |= {"no signature": good.rpartition(".")[0] + ".", "nothing": ""}

    def opens(token: str) -> bool:
        try:
            client = meeting.client(meeting.domain, token=token)
            client.request_conference(meeting.room)
            return client.join(meeting.room, name="Jo").inside
        except (LoginRefused, StanzaError):
            return False

    def guest_waits() -> None:
        """a guest is kept outside, before and after the meeting host"""
        guest = meeting.guest()
        end = time.monotonic() + 60
        while True:
            try:
                guest.request_conference(meeting.room)
                break
            except StanzaError as error:
                # Prosody was restarted a moment ago, and Jicofo is on its way back.
                check(error.condition == "service-unavailable" and time.monotonic() < end, f"no focus: {error}")
                time.sleep(0.2)
        answer = guest.join(meeting.room, name="Gerda")
        check(not answer.inside and answer.lobby == meeting.lobby, f"{answer}")

    def host_opens() -> None:
        """a token from there opens the room"""
        end = time.monotonic() + 60
        while not opens(good):
            # Keys are fetched when the first token names them.
            check(time.monotonic() < end, "it does not")
            time.sleep(0.5)

    def others_do_not() -> None:
        """wrong tokens open nothing"""
        for what, token in bad.items():
            check(not opens(token), f"{what} opens the room")

    try:
        for play in (guest_waits, others_do_not, host_opens, guest_waits, others_do_not):
            what = f"{given['way']}: {play.__doc__} ({meeting.transport})"
            try:
                play()
            except Exception as error:  # each check stands alone
                kind = "" if isinstance(error, Failed) else f"{type(error).__name__} "
                print(f"FAIL {what}: {kind}{error}".replace("\n", " "))
            else:
                print(f"ok {what}")
    finally:
        meeting.close()


if __name__ == "__main__":
    main()
