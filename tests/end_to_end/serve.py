"""Serves the packages in a folder by their names alone, at a free port that it prints: serve.py FOLDER."""

import http.server
import pathlib
import sys

FOLDER = pathlib.Path(sys.argv[1])


class Answer(http.server.BaseHTTPRequestHandler):
    """Gives NAME_VERSION_ARCH.deb for /NAME."""

    def do_GET(self) -> None:
        found = list(FOLDER.glob(self.path.strip("/") + "_*.deb"))
        if len(found) != 1:
            self.send_error(404)
            return
        data = found[0].read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_) -> None:
        """Says nothing."""


server = http.server.HTTPServer(("10.87.0.1", 0), Answer)
print(server.server_port, flush=True)
server.serve_forever()
