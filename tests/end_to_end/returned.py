"""A meeting host before the loss of a host and after the return from a backup; reads JSON on standard input.

Prints `ok NAME` or `FAIL NAME: WHY` for each check. What was used before the loss stands in the file `left`.
"""

from __future__ import annotations

import json
import pathlib
import sys
import time

from door import Visit
from meeting import check


def logs_in(visit: Visit, left: pathlib.Path) -> None:
    """a code and a recovery code open the room before the loss, and a browser stays signed in"""
    visit.enter("bosh", visit.log_in(code=visit.code()).token(visit.room), visit.room)
    answer = visit.log_in(code="", recovery=visit.recovery[0], stay="yes")
    answer.token(visit.room)
    left.write_text(json.dumps({"cookie": answer.cookie().partition(";")[0], "step": int(time.time()) // 30}))


def same_code(visit: Visit, left: pathlib.Path) -> None:
    """the same passphrase with the same app opens the room after the return"""
    deadline = time.time() + 40
    # A code that was used before the loss stays used.
    while int(time.time()) // 30 <= json.loads(left.read_text())["step"]:
        check(time.time() < deadline, "the clock stands still")
        time.sleep(0.5)
    visit.enter("websocket", visit.log_in(code=visit.code()).token(visit.room), visit.room)


def wrong_ones(visit: Visit, _left: pathlib.Path) -> None:
    """another passphrase and no second factor are refused after the return"""
    check(visit.log_in(passphrase="x" * len(visit.passphrase), code=visit.code(1)).status == 403, "another passphrase")
    check(visit.log_in(code="").status in (400, 403), "no second factor")


def recovery(visit: Visit, _left: pathlib.Path) -> None:
    """the recovery code that was used stays used, the next one opens the room"""
    check(visit.log_in(code="", recovery=visit.recovery[0]).status == 403, "the used one is taken")
    visit.log_in(code="", recovery=visit.recovery[1]).token(visit.room)


def signed_out(visit: Visit, left: pathlib.Path) -> None:
    """nobody stays signed in over a return"""
    cookie = json.loads(left.read_text())["cookie"]
    fields = {"room": visit.room, "state": "", "lang": "nl"}
    check(visit.ask("POST", "/door/open", fields, Cookie=cookie).status == 403, "the cookie still opens a room")


WHEN = {"before": [logs_in], "after": [same_code, wrong_ones, recovery, signed_out]}


def main() -> None:
    given = json.load(sys.stdin)
    visit = Visit(given)
    for play in WHEN[given["when"]]:
        try:
            play(visit, pathlib.Path(given["left"]))
        except Exception as error:  # each check stands alone
            print(f"FAIL {play.__doc__}: {type(error).__name__} {error}".replace("\n", " "))
        else:
            print(f"ok {play.__doc__}")


if __name__ == "__main__":
    main()
