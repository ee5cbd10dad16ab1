"""A server that only has pages to give: `python -m mobile.bench.serving` prints its port and serves until it is ended.

What is pushed it answers as a server does, with an outcome for each entry and a true receipt.
"""

from __future__ import annotations

import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mobile.bench import commune
from shared import wire

SERVER_TIME = "2022-04-15T01:00:00.000Z"


class Answers(BaseHTTPRequestHandler):
    """The pages of what is still to come, one after the other, then an empty one."""

    protocol_version = "HTTP/1.1"
    #: Several files would make a connection wait for an acknowledgement.
    wbufsize = -1
    pages: list[bytes] = []
    #: Until somebody opens it nothing new has come.
    opened = False
    running, received = wire.EMPTY_HASH, 0

    def do_GET(self) -> None:
        """A pull; /open lets the pages out."""
        if self.path == "/open":
            type(self).opened = True
        done = {"streams": [], "cursor": "whole", "more": False, "server_time": SERVER_TIME}
        pulling = self.opened and self.pages and self.path != "/open"
        self._answer(self.pages.pop(0) if pulling else json.dumps(done).encode())

    def do_POST(self) -> None:
        """A push."""
        pushed = json.loads(gzip.decompress(self.rfile.read(int(self.headers["Content-Length"]))))
        kind = type(self)
        for entry in pushed["entries"]:
            kind.running = wire.chain(kind.running, wire.digest(wire.canonical(entry)))
            kind.received = entry["device_seq"]
        receipt = {
            "device": pushed["device"],
            "received_through": self.received,
            "count": self.received,
            "hash": self.running.hex(),
        }
        answer: dict[str, Any] = {
            "outcomes": [{"id": entry["id"], "outcome": "accepted"} for entry in pushed["entries"]],
            "receipt": receipt,
            "server_time": SERVER_TIME,
        }
        self._answer(json.dumps(answer).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve."""
    Answers.pages = commune.to_come()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
