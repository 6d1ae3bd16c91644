"""The gate's scenarios against a deployed instance, through its web server and TLS; reads JSON on standard input.

Prints `ok NAME` or `FAIL NAME: WHY` for each. Left out are those that need another configuration than the deployed one,
and, with a word about it, those that look into their server.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "prosody"))

import names  # noqa: E402

GIVEN = json.load(sys.stdin)
names.HOST, names.SECRET, names.JVB_PASSWORD = GIVEN["domain"], GIVEN["secret"], GIVEN["jvb"]

from meeting import from_address  # noqa: E402
from xmpp_client import Client  # noqa: E402

import crowds  # noqa: E402, F401
import doors  # noqa: E402, F401
from scenarios import DEFAULT, SCENARIOS, World  # noqa: E402


class LooksInside(Exception):
    """What the scenario asks for, nobody sees from outside."""


class Hidden:
    """Something that is on the host."""

    def __getattr__(self, name: str) -> object:
        raise LooksInside(name)


class Instance(Hidden):
    """A deployed server, as far as visitors see it."""

    def connect(self, domain: str, **options) -> Client:
        way = {"connect_to": GIVEN["ways"][0]["to"], "ca_file": GIVEN["authority"]}
        return Client.connect(f"https://{names.HOST}", domain, **way, **options)


def play(scenario, transport: str) -> None:
    what = f"{scenario.name.replace('_', ' ')} ({transport})"
    try:
        # What a scenario says beside is no check.
        with contextlib.ExitStack() as stack, contextlib.redirect_stdout(sys.stderr):
            scenario.play(World(Instance(), Hidden(), transport, stack))
    except LooksInside as wanted:
        print(f"{what}: left out, it looks into its server for `{wanted}`", file=sys.stderr)
    except Exception as error:  # each scenario stands alone
        print(f"FAIL {what}: {type(error).__name__} {error}".replace("\n", " "))
    else:
        print(f"ok {what}")


def main() -> None:
    from_address(GIVEN["ways"][0]["from"])
    for scenario in SCENARIOS:
        for transport in scenario.transports:
            if scenario.flavour == DEFAULT and transport == GIVEN["transport"]:
                play(scenario, transport)


if __name__ == "__main__":
    main()
