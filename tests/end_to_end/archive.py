"""Serves a package archive from a folder, at a free port that it prints: archive.py FOLDER."""

import functools
import http.server
import sys


class Answer(http.server.SimpleHTTPRequestHandler):
    """Gives the files of the folder."""

    def log_message(self, *_) -> None:
        """Says nothing."""


server = http.server.ThreadingHTTPServer(("10.87.0.1", 0), functools.partial(Answer, directory=sys.argv[1]))
print(server.server_port, flush=True)
server.serve_forever()
