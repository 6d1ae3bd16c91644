"""A host that means harm, as the forced command of a real sshd: host.py MODE FOLDER.

It knows how the program talks: it finds the mark behind which an answer begins, reads the script, and answers what MODE
says. FOLDER holds canned answers, one for each kind of script.
"""

import gzip
import os
import random
import re
import sys
import time

ESCAPES = b"\x1b[2J\x1b]0;owned\x07\x9b31m\xe2\x80\xae../../../tmp/evil \xff\xfe \r\x08\x7f"
NAMES = [b"../evil", b"/../../tmp/evil", b"-rf", b"$(touch evil)", b"`touch evil`", b"evil;touch evil", b"/tmp/evil"]


def say(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view):]


def forever(piece: bytes) -> None:
    """The channel of SSH takes no more than the program reads, so what was said was heard."""
    said = 0
    while True:
        said += os.write(1, piece)
        if said > 1 << 20:
            with open(os.path.join(sys.argv[2], "asked"), "a") as log:
                log.write("heard one MiB\n")
            said -= 1 << 20


def kind(script: bytes) -> str:
    for word, name in [
        (b"vc4all-estate 1", "estate"),
        (b"vc4all-probe 1", "probe"),
        (b"vc4all-history", "history"),
        (b"which certificates of authorities the host holds", "holdings"),
        (b"systemd-run", "start"),
        (b"tail -n", "follow"),
    ]:
        if word in script:
            return name
    return "other"


def rubbish(mode: str, what: str) -> bytes:
    chance = random.Random(f"{mode} {what}")
    words = [b"text", b"path", b"stands", b"entry", b"end", b"generation", b"package", b"file", b"made", b"\n", b" ", b"\0"]
    words += NAMES + [ESCAPES, b"18446744073709551616", b"-1"]
    return b"".join(chance.choice(words) + chance.choice([b" ", b"\n"]) for _ in range(20_000))


def harmed(answer: bytes, chance: random.Random) -> bytes:
    """Words of a good answer in the place of which stand hostile ones."""
    lines = answer.split(b"\n")
    for _ in range(6):
        at = chance.randrange(len(lines))
        words = lines[at].split(b" ")
        words[chance.randrange(len(words))] = chance.choice(NAMES + [ESCAPES, b"", b"9" * 4000])
        lines[at] = b" ".join(words)
    return b"\n".join(lines)


def canned(folder: str, what: str) -> bytes:
    try:
        with open(os.path.join(folder, what), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def packed(what: str, answer: bytes) -> bytes:
    return gzip.compress(answer) if what == "probe" else answer


def main() -> None:
    mode, folder = sys.argv[1], sys.argv[2]
    command = os.environ.get("SSH_ORIGINAL_COMMAND", "")
    if mode == "noise":
        with open(os.path.join(folder, "asked"), "a") as log:
            log.write("noise\n")
        forever(ESCAPES * 100)
    mark = re.search(r"echo ([0-9a-f]{24})", command)
    script = sys.stdin.buffer.read()
    what = kind(script)
    with open(os.path.join(folder, "asked"), "a") as log:
        log.write(what + "\n")
    say(ESCAPES + b"\n" + (mark.group(1).encode() if mark else b"no mark") + b"\n")
    if mode == "endless":
        forever(b"x" * 65536)
    if mode == "lines":
        forever((b"output " + ESCAPES + b"\n") * 500)
    if mode == "errors":
        for _ in range(300):
            os.write(2, ESCAPES * 1000)
        sys.exit(1)
    if mode == "bomb":
        block = gzip.compress(bytes(64 << 20), 9)
        say(block * 16)
    if mode == "rubbish":
        say(packed(what, rubbish(mode, what)))
    if mode == "bytes":
        say(random.Random(what).randbytes(100_000))
    if mode == "gone":
        say(canned(folder, what)[:200])
        os.kill(os.getppid(), 9)
    if mode == "escapes":
        say(packed(what, canned(folder, what).replace(b"root since", b"r\x1b[2Jo\xe2\x80\xaeot\x9b31m\x07 since")))
    if mode.startswith("harm"):
        say(packed(what, harmed(canned(folder, what), random.Random(mode + what))))
    if mode.startswith("liar"):
        liar(mode, folder, what)


def liar(mode: str, folder: str, what: str) -> None:
    """Everything is as it should be until the work begins; then it talks."""
    if what == "start":
        say(b"/var/lib/vc4all/run/abcdefghij\n" if mode != "liar-path" else b"/var/lib/vc4all/run/../../../etc\n")
    elif what == "follow" and mode == "liar-lines":
        lines = [b"started %d\noutput " % n + ESCAPES + b"x" * 500 + b"\nwaiting " + ESCAPES + b"\ndone 1 9\n" for n in range(100)]
        forever(b"".join(lines))
    elif what == "follow" and mode == "liar-line":
        forever(b"x" * 65536)
    elif what == "follow":
        say(b"started 1\noutput " + ESCAPES + b"\nfailed " + ESCAPES * 50 + b"\nend 1\n")
    else:
        say(packed(what, canned(folder, what)))


try:
    main()
except BrokenPipeError:
    time.sleep(0)
