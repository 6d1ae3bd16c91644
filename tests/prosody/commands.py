"""What `prosodyctl` says: the configuration check, the log after start-up, and the token command."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import time

from audit import lines_name_nothing_but_events
from scenarios import check, equal
from server import HOST, OURS, REPOSITORY, SECRET, Server
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


def audit_lines_name_nothing_but_events(server: Server) -> None:
    """After all that was played on this server before."""
    Client.connect(server.url, f"guest.{HOST}", room="anders").join(f"anders@conference.{HOST}", name="Gerda")
    lines_name_nothing_but_events(server.audit())


MEASURE = "local names = dofile(arg[1]); for line in io.lines() do print(names.bits(line)); end"


def names_have_the_strength_that_is_written_down(_: Server) -> None:
    examples = json.loads((REPOSITORY / "tests/names/strength.json").read_text())
    check(len(examples) >= 30, "too few examples")
    names = "".join(example["name"] + "\n" for example in examples)
    lua = next((tool for name in ("lua5.4", "lua") if (tool := shutil.which(name))), None)
    check(lua, "lua5.4 is not installed")
    done = subprocess.run(
        [lua, "-e", MEASURE.replace("arg[1]", f"[[{OURS / 'vc4all_names.lib.lua'}]]")],
        input=names, capture_output=True, text=True, timeout=30, check=False,
    )
    equal(done.stderr, "")
    for example, bits in zip(examples, done.stdout.split(), strict=True):
        check(int(bits) == example["bits"], f"{example['name']!r}: {bits} bits, wanted {example['bits']} ({example['why']})")


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


RENDERED = REPOSITORY / "tests/golden/vereniging"
OTHER_HERE = ("modules_enabled", "muc_max_occupants", "vc4all_gate_guests", "ssl", "storage", "authentication", "app_")


def settings(text: str, host: str) -> dict[str, dict[str, str]]:
    """VirtualHost or component → option → value, without the spelling of lists and tables."""
    found: dict[str, dict[str, str]] = {}
    entity = found.setdefault("", {})
    for line in re.sub(r"--.*", "", text).replace(host, "HOST").splitlines():
        if opened := re.match(r'(?:VirtualHost|Component) "([^"]+)"', line):
            entity = found.setdefault(opened[1], {})
        elif option := re.match(r"\s*(\w+) = (\S.*?)[;\s]*$", line):
            entity[option[1]] = re.sub(r"[\s;,]+", " ", option[2])
    return found


def suite_plays_the_settings_of_a_deployment(server: Server) -> None:
    path = next(RENDERED.glob("debian-12/etc/prosody/conf.avail/*.cfg.lua"))
    rendered = settings(path.read_text(), path.name.removesuffix(".cfg.lua"))
    here = settings((server.home / "conf.d/host.cfg.lua").read_text(), HOST)
    for entity in ("guest.HOST", "conference.HOST", "breakout.HOST", "lobby.HOST", "metadata.HOST"):
        for option, value in rendered[entity].items():
            if not option.startswith(OTHER_HERE):
                check(here[entity].get(option) == value, f"{entity}: {option} is {value} in a deployment, {here[entity].get(option)} here")
    modules = re.compile(r'Component "conference\.[^"]+" "muc".*?modules_enabled = \{(.*?)\}', re.DOTALL)
    lists = [sorted(re.findall(r'"(\w+)"', modules.search(text)[1])) for text in (path.read_text(), (server.home / "conf.d/host.cfg.lua").read_text())]
    equal(lists[1], lists[0])


TESTS = [
    config_check_passes,
    suite_plays_the_settings_of_a_deployment,
    names_have_the_strength_that_is_written_down,
    audit_lines_name_nothing_but_events,
    start_up_logs_no_error,
    token_command_prints_a_token_that_opens_the_room,
    token_command_refuses_what_is_wrong,
    log_names_neither_people_nor_rooms_in_the_gates_lines,
]
