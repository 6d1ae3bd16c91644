"""Tries each version of TLS at a port: tls.py ADDRESS PORT NAME."""

import socket
import ssl
import sys
import warnings


def takes(address: str, port: int, name: str, version: ssl.TLSVersion) -> bool:
    """Whether a handshake of exactly that version succeeds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        # Level 0, so that it is the server that refuses and not this side.
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    with socket.create_connection((address, port), 10) as raw:
        try:
            context.wrap_socket(raw, server_hostname=name).close()
        except (ssl.SSLError, ConnectionError):
            return False
        return True


def main() -> None:
    address, port, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    outcome = {True: [], False: []}
    for version in ("TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"):
        outcome[takes(address, port, name, ssl.TLSVersion[version])].append(version)
    print(f"refused: {' '.join(outcome[False])}; taken: {' '.join(outcome[True])}")


if __name__ == "__main__":
    main()
