"""A small server of ours that speaks the web service of BKN as it is publicly known.

It keeps what it is told, asks for both tokens, and has moods: `server.mood("kursus/save",
"lost")` lets the next call of that path be saved and its answer be lost.
"""

import base64
import json
import re
import threading
from collections import defaultdict
from contextlib import contextmanager, suppress
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

BASE, TOKEN = "/apisiasn/1.0", "/oauth2/token"
KEY, SECRET, SSO = "kunci-konsumen-7f3a", "rahasia-konsumen-91bc", "token-orang-5d20e8"
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


class Siasn:
    """What the service holds, and how it behaves."""

    def __init__(self):
        self.people = {}  # NIP → identifier
        self.rows = defaultdict(list)  # (form, NIP) → rows as `rw-…` answers them
        self.documents = {}  # (identifier of a record, code of a document) → bytes
        self.tokens = set()
        self.calls = []  # "METHOD path" with {nip}
        self.bodies = []
        self.numbers, self.given = count(1), count(1)
        self.sso = SSO
        self.secret = SECRET
        self.moods = defaultdict(list)
        self.lock = threading.Lock()
        self.hold = threading.Event()  # set when slow answers may end

    def mood(self, path, *moods):
        """How the next calls of a path end: a status, or lost, slow, html, torn, odd, elsewhere,
        no, (429, "7")."""
        self.moods[path] += moods

    def knows(self, person, **more):
        self.people[person.nip] = f"PNS-{person.nip[-4:]}"
        return self.people[person.nip]

    def kept(self, nip, form="kursus"):
        return self.rows[form, nip]

    def asked(self, part):
        return sum(part in call for call in self.calls)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        pass

    def do_GET(self):
        self.answer()

    do_POST = do_DELETE = do_GET

    def answer(self):
        self.siasn = self.server.siasn
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.removeprefix(BASE).strip("/")
        known = re.sub(r"\d{18}", "{nip}", path)
        with self.siasn.lock:
            self.siasn.calls.append(f"{self.command} {known}")
            moods = self.siasn.moods[re.sub(r"/delete/.*", "/delete", known)]
            mood = moods.pop(0) if moods else None
        if self.path == TOKEN:
            return self.token(mood)
        status, said = self.carry_out(path, body, mood)
        return self.end(status, said, mood)

    def carry_out(self, path, body, mood):
        siasn, headers = self.siasn, self.headers
        if headers.get("Authorization", "").removeprefix("Bearer ") not in siasn.tokens:
            return 401, {"fault": {"code": 900901, "message": "Invalid Credentials"}}
        if headers.get("Auth") != f"bearer {siasn.sso}":
            return 401, {"message": f"token {headers.get('Auth')} is not active"}
        if isinstance(mood, tuple | int):
            return mood if isinstance(mood, tuple) else (mood, {"message": "galat"})
        if mood == "no":
            return 200, {"success": False, "message": f"Ditolak: {SECRET} {siasn.sso} nomor ganda"}
        with siasn.lock:
            return self.known(path, body)

    def known(self, path, body):
        siasn = self.siasn
        parts = path.split("/")
        if self.command == "GET" and parts[0] == "pns":
            _pns, what, nip = parts
            if what == "data-utama":
                found = siasn.people.get(nip)
                if found is None:
                    return 200, {"code": 0, "data": "Data tidak ditemukan", "message": ""}
                private = {"noNpwp": "09.254.294.3", "noBpjs": "0001260979209", "nik": "3571"}
                return 200, {"code": 1, "data": {"id": found, "nipBaru": nip, **private}}
            rows = siasn.rows[what.removeprefix("rw-"), nip]
            return 200, {"code": 1, "data": rows or "Data tidak ditemukan"}
        if self.command == "POST" and parts[1:] == ["save"]:
            return 200, self.save(parts[0], json.loads(body))
        if self.command == "DELETE" and parts[1] == "delete":
            for rows in siasn.rows.values():
                rows[:] = [row for row in rows if row["id"] != parts[2]]
            return 200, {"success": True, "message": "success"}
        if path == "upload-dok-rw":
            return 200, self.upload(body)
        return 404, {"message": "No matching resource found for given API Request"}

    def save(self, form, sent):
        siasn = self.siasn
        siasn.bodies.append(sent)
        nip = next(nip for nip, known in siasn.people.items() if known == sent["pnsOrangId"])
        made = f"RW-{next(siasn.numbers)}"
        if form == "kursus":
            row = {"noSertipikat": sent["nomorSertipikat"], "tanggalKursus": sent["tanggalKursus"]}
        else:
            row = {"nomor": sent["nomor"], "tanggal": sent["tanggal"]}
        siasn.rows[form, nip].append({"id": made, "nipBaru": nip, "path": None, **row})
        return {"success": True, "message": "ok", "mapData": {f"rw{form.capitalize()}Id": made}}

    def upload(self, body):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in message_from_bytes(head + body).get_payload()
        }
        number, code = parts["id_riwayat"].decode(), parts["id_ref_dokumen"].decode()
        assert parts["file"].startswith(b"%PDF-")
        self.siasn.documents[number, code] = parts["file"]
        for rows in self.siasn.rows.values():
            for row in rows:
                if row["id"] == number:
                    row["path"] = {code: {"dok_id": code, "dok_uri": f"peremajaan/{number}"}}
        return {"code": 1, "message": "ok"}

    def token(self, mood):
        pair = base64.b64encode(f"{KEY}:{self.siasn.secret}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {pair}":
            return self.end(401, {"error": "invalid_client"}, None)
        with self.siasn.lock:
            token = f"token-layanan-{next(self.siasn.given)}-c04e"
            self.siasn.tokens.add(token)
        return self.end(200, {"access_token": token, "expires_in": 3600}, mood)

    def end(self, status, said, mood):
        if mood == "lost":
            self.close_connection = True
            self.connection.close()
            return
        if mood == "slow":
            self.siasn.hold.wait(5)
        body = {
            "html": HTML,
            "torn": b'{"success": true, "mapData',
            "odd": b'{"data": {"surprise": []}, "success": "maybe"}',
        }.get(mood, json.dumps(said).encode() if isinstance(said, dict) else b"")
        self.send_response(302 if mood == "elsewhere" else status)
        if status == 429:
            self.send_header("Retry-After", said)
        if mood == "elsewhere":
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/trap")
        self.send_header("Content-Type", "text/html" if mood == "html" else "application/json")
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):  # whoever asked has gone
            self.end_headers()
            self.wfile.write(body)


@contextmanager
def running():
    """The service on a port of its own; answers it and its address."""
    siasn = Siasn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.siasn = siasn
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield siasn, f"http://127.0.0.1:{server.server_port}"
    finally:
        siasn.hold.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
