"""A small SMTP server of our own: takes letters, or refuses them as it is told."""

import email
import email.policy
import socketserver
import threading
from contextlib import contextmanager


class Postbox(socketserver.ThreadingTCPServer):
    """`letters` are those that were taken. `refuse` maps an address to the answer it gets at RCPT;
    `hang_up_after` closes the line after that many letters, before saying that they were taken.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[email.message.EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.hang_up_after: int | None = None

    @property
    def port(self) -> int:
        return self.server_address[1]

    def addressed_to(self) -> list[str]:
        return [letter["To"].addresses[0].addr_spec for letter in self.letters]


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 kotak pos")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"QUIT":
                self._say("221 sampai jumpa")
                return
            if word == b"RCPT":
                address = line.split(b"<")[1].split(b">")[0].decode()
                self._say(self.server.refuse.get(address, "250 baik"))
            elif word == b"DATA":
                self._say("354 tulis")
                if not self._take():
                    return
                self._say("250 diterima")
            else:
                self._say("250 baik")

    def _take(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        letter = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.letters.append(letter)
        return len(self.server.letters) != self.server.hang_up_after

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def postbox():
    with Postbox() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
