"""What `prosodyctl` says: the configuration check, the log after start-up, and the token command."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import time

from scenarios import check, equal
from server import HOST, SECRET, Server
from xmpp_client import Client


def decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def config_check_passes(server: Server) -> None:
    done = server.prosodyctl("check", "config")
    equal(done.returncode, 0)


def start_up_logs_no_error(server: Server) -> None:
    start = server.log().split("Client connected")[0]
    wrong = [line for line in start.splitlines() if "\terror\t" in line or "Unable to load module" in line]
    equal(wrong, [])


def log_names_neither_people_nor_rooms_in_the_gates_lines(server: Server) -> None:
    lines = [line for line in server.log().splitlines() if ":vc4all_gate" in line]
    named = [line for line in lines if "@" in line.split(":vc4all_gate", 1)[1]]
    equal(named, [])


def token_command_prints_a_token_that_opens_the_room(server: Server) -> None:
    for as_root in (False, True) if os.geteuid() == 0 else (False,):
        now = int(time.time())
        done = server.prosodyctl("mod_vc4all_token", HOST, "raad-2026", "7200", as_root=as_root)
        equal((done.returncode, done.stderr), (0, ""))
        check(re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.stdout), "more or less than a token was printed")
        head, body, signature = done.stdout.strip().split(".")
        equal(json.loads(decode(head)), {"alg": "HS256", "typ": "JWT"})
        equal(decode(signature), hmac.new(SECRET.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest())
        claims = json.loads(decode(body))
        equal((claims["aud"], claims["iss"], claims["sub"], claims["room"]), ("jitsi", "vc4all", HOST, "raad-2026"))
        equal((claims["exp"] - claims["iat"], claims["iat"] - claims["nbf"]), (7200, 10))
        check(abs(claims["iat"] - now) < 60, "issued at another time")
        user = claims["context"]["user"]
        equal((user["affiliation"], user["moderator"]), ("owner", True))
        Client.connect(server.url, HOST, token=done.stdout.strip(), room="raad-2026").close()


def token_command_refuses_what_is_wrong(server: Server) -> None:
    wrong = [
        [], [HOST], [HOST, "raad"], [HOST, "raad", "3600", "more"],
        [HOST, "", "3600"], [HOST, "Raad", "3600"], [HOST, "raad zaal", "3600"], [HOST, "a" * 101, "3600"],
        [HOST, "raad\n", "3600"], [HOST, "raad'", "3600"], [HOST, "*", "3600"],
        [HOST, "raad", "59"], [HOST, "raad", "86401"], [HOST, "raad", "-1"], [HOST, "raad", "1e3"],
        [HOST, "raad", "0x100"], [HOST, "raad", "60.5"], [HOST, "raad", ""],
        ["other.vc4all.test", "raad", "3600"], ["*", "raad", "3600"], [f"guest.{HOST}", "raad", "3600"],
        [f"auth.{HOST}", "raad", "3600"],
    ]
    for arguments in wrong:
        done = server.prosodyctl("mod_vc4all_token", *arguments)
        check(done.returncode != 0, f"accepted {arguments}")
        equal(done.stdout, "")
        check(done.stderr.strip(), f"no explanation for {arguments}")
        check(SECRET not in done.stdout + done.stderr, "the secret was printed")
    for arguments in ([HOST, "a", "60"], [HOST, "a" * 100, "86400"]):
        equal(server.prosodyctl("mod_vc4all_token", *arguments).returncode, 0)


TESTS = [
    config_check_passes,
    start_up_logs_no_error,
    token_command_prints_a_token_that_opens_the_room,
    token_command_refuses_what_is_wrong,
    log_names_neither_people_nor_rooms_in_the_gates_lines,
]
