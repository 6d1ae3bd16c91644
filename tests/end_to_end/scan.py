"""Tries TCP ports of an address and prints those that answer: scan.py FROM TO.

All of them over IPv4. Over IPv6, where the same rules stand, a fifth and the known ones: each attempt stays in this
machine's table of connections for minutes, and a full table drops what others send.
"""

import errno
import resource
import select
import socket
import sys
import time

AT_ONCE = 6000
PATIENCE = 1.2


def wave(source: str, target: str, ports: list[int]) -> list[int]:
    """The ports of a wave that take a connection."""
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    waiting, found, poll = {}, [], select.epoll()
    for port in ports:
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        sock.bind((source, 0))
        outcome = sock.connect_ex((target, port))
        if outcome in (0, errno.EINPROGRESS):
            poll.register(sock, select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP)
            waiting[sock.fileno()] = (sock, port)
        else:
            sock.close()
    deadline = time.monotonic() + PATIENCE
    while waiting and (left := deadline - time.monotonic()) > 0:
        for number, _ in poll.poll(left):
            poll.unregister(number)
            sock, port = waiting.pop(number)
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                found.append(port)
            sock.close()
    for sock, _ in waiting.values():
        sock.close()
    return found


def main() -> None:
    source, target = sys.argv[1:3]
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    at_once = min(AT_ONCE, most - 50)
    found, last = [], 13_000 if ":" in target else 65_536
    for first in range(1, last, at_once):
        found += wave(source, target, list(range(first, min(first + at_once, last))))
    # A port that was slow under the load of its wave gets a second chance, and one that is open must stay so.
    known = [22, 80, 443, 3478, 5222, 5269, 5280, 5281, 5349, 5766, 8080, 8888, 9090]
    found += wave(source, target, [port for port in known if port not in found])
    print(*sorted(found))


if __name__ == "__main__":
    main()
