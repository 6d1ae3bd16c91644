"""Runs a command at a terminal and talks with it: terminal.py JSON.

JSON holds `command` and `parts`; each part has `await` (a text that the command says), optionally `run` (a command
to run then), optionally `hidden` (the answer is typed once the terminal shows nothing of it, as nobody types a password
before), and `type` (the line to type). Prints what the command said and ends as it ended.
"""

import json
import os
import pty
import select
import subprocess
import sys
import termios
import time

PATIENCE = 120


def main() -> int:
    given = json.loads(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(given["command"][0], given["command"])
    said, seen, parts = "", 0, list(given["parts"])
    deadline = time.monotonic() + PATIENCE
    while True:
        ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            print(said + f"\n[nothing for {PATIENCE} s]")
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            return 99
        try:
            data = os.read(terminal, 65536)
        except OSError:
            data = b""
        if not data:
            break
        said += data.decode(errors="replace")
        # A question is the end of what was said: nothing follows it until it is answered.
        while parts and parts[0]["await"] in (tail := said[seen:].rstrip().rpartition("\n")[2]) and tail:
            part = parts.pop(0)
            seen = len(said)
            if "run" in part:
                subprocess.run(part["run"], check=True)
            if part.get("hidden"):
                wait_for_silence(terminal, deadline)
            os.write(terminal, part["type"].encode() + b"\n")
    _, status = os.waitpid(pid, 0)
    print(said.replace("\r\n", "\n"))
    if parts:
        print(f"[never said: {parts[0]['await']}]")
        return 98
    return os.waitstatus_to_exitcode(status)


def wait_for_silence(terminal: int, deadline: float) -> None:
    while termios.tcgetattr(terminal)[3] & termios.ECHO and time.monotonic() < deadline:
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
