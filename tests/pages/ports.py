"""Finds which ports the rules of this network namespace let through, by trying every one from a second namespace.

A table of the test's own stands behind the rules and notes the port of each packet that gets so far.
"""
import ctypes
import json
import os
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
NEAR = {4: (socket.AF_INET, "198.51.100.1"), 6: (socket.AF_INET6, "fd00::1")}
SETS = ["tcp4", "udp4", "tcp6", "udp6"]


def sh(text):
    return subprocess.run(text, shell=True, check=True, capture_output=True, text=True).stdout


def notebook():
    sets = " ".join("set %s { type inet_service; size 65535; flags dynamic; };" % name for name in SETS)
    rules = " ".join("meta nfproto ipv%s %s dport != 0 update @%s { %s dport }" % (name[3], name[:3], name, name[:3]) + ";"
                     for name in SETS)
    sh("nft 'table inet notebook { %s chain after { type filter hook input priority 100; %s }; }'" % (sets, rules))


def noted(name):
    listing = json.loads(sh("nft --json list set inet notebook " + name))
    ports = set()
    for entry in listing["nftables"]:
        for element in entry.get("set", {}).get("elem", []):
            ports.add(element["elem"]["val"] if isinstance(element, dict) and "elem" in element else element)
    return sorted(ports)


def ranges(ports):
    runs = []
    for port in ports:
        if runs and runs[-1][1] == port - 1:
            runs[-1][1] = port
        else:
            runs.append([port, port])
    return [str(a) if a == b else "%d-%d" % (a, b) for a, b in runs]


def knock(family, address, kind):
    for port in range(1, 65536):
        with socket.socket(family, kind) as s:
            s.setblocking(False)
            s.connect_ex((address, port))
            if kind == socket.SOCK_DGRAM:
                s.send(b"?")
        # The kernel queues a thousand packets at most; more at once would be lost.
        if port % 200 == 0:
            time.sleep(0.001)


def pings(version, family, address):
    kind, protocol = (8, socket.IPPROTO_ICMP) if version == 4 else (128, socket.IPPROTO_ICMPV6)
    words = (kind << 8, 7, 1)
    total = sum(words)
    checksum = ~((total >> 16) + (total & 0xFFFF)) & 0xFFFF
    with socket.socket(family, socket.SOCK_RAW, protocol) as s:
        s.settimeout(5)
        s.connect((address, 0))
        s.send(struct.pack("!HHHH", words[0], checksum, words[1], words[2]))
        try:
            return len(s.recv(200)) > 0
        except TimeoutError:
            return False


def from_outside():
    sh("ip link set lo up; ip addr add 198.51.100.2/24 dev far; ip addr add fd00::2/64 dev far nodad; ip link set far up")
    for version, (family, address) in NEAR.items():
        print("ping%d" % version, pings(version, family, address))
        # Twice, because a packet may get lost.
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM) * 2:
            knock(family, address, kind)
    sys.stdout.flush()


ready, go = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    assert ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) == 0
    os.write(ready[1], b"x")
    os.read(go[0], 1)
    from_outside()
    os._exit(0)

os.read(ready[0], 1)
notebook()
sh("ip link add near type veth peer name far netns %d" % child)
sh("ip addr add 198.51.100.1/24 dev near; ip addr add fd00::1/64 dev near nodad; ip link set near up")
os.write(go[1], b"x")
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
for name in SETS:
    print(name, *ranges(noted(name)))
