"""The name server of vc4all.test: it says what the mock DNS says, as the one who is responsible for it.

zone.py ADDRESS MOCK_DNS
"""

import socket
import socketserver
import sys

# The bit AA of a header's third byte (RFC 1035 section 4.1.1).
AUTHORITATIVE = 0x04


class Question(socketserver.BaseRequestHandler):
    def handle(self):
        question, here = self.request
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
            there.settimeout(3)
            there.connect((sys.argv[2], 8053))
            there.send(question)
            answer = bytearray(there.recv(65535))
        answer[2] |= AUTHORITATIVE
        here.sendto(answer, self.client_address)


socketserver.ThreadingUDPServer((sys.argv[1], 53), Question).serve_forever()
