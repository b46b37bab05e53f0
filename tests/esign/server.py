"""A small server of ours that speaks the client service of BSrE as it is publicly known, and a
timestamp server (RFC 3161) beside it.

It signs with a key of the tests and has moods: `bsre.mood("lost")` lets the next answer be lost.
"""

import base64
import json
import threading
from contextlib import contextmanager, suppress
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps import DummyTimeStamper

from config import Esign
from corpu.esign import pades
from corpu.esign.signers import Note, Secret
from tests.esign import pki

NIK, USER, PASSWORD = "3578010101700001", "corpu", "sandi-layanan-91bc"
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


class Bsre:
    def __init__(self):
        self.calls, self.forms, self.kept = [], [], {}
        self.moods = []
        self.lock = threading.Lock()
        self.hold = threading.Event()  # set when slow answers may end
        self.reached = threading.Event()

    def mood(self, *moods):
        """How the next signatures end: a status, (status, answer), or torn, slow, html, json,
        other, broken, shorn."""
        self.moods += moods


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        pass

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.end(200, self.server.bsre.kept[name], "application/pdf")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/tsa":
            return self.stamp(body)
        bsre = self.server.bsre
        with bsre.lock:
            bsre.calls.append(self.path)
            mood = bsre.moods.pop(0) if bsre.moods else None
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers["Authorization"] != f"Basic {pair}":
            return self.say(401, {"error": "Unauthorized"})
        form = fields(self.headers["Content-Type"], body)
        bsre.forms.append({name: value for name, value in form.items() if name != "file"})
        bsre.reached.set()
        if mood == "slow":
            bsre.hold.wait(10)
        if isinstance(mood, tuple):
            return self.say(*mood)
        if isinstance(mood, int):
            return self.end(mood, HTML, "text/html")
        if form["passphrase"].decode() != pki.PHRASE:
            words = f"Passphrase anda salah: {form['passphrase'].decode()}"
            return self.say(400, {"status_code": 2031, "error": words})
        if mood == "html":
            return self.end(200, HTML, "text/html")
        file = b"%PDF-1.7 dokumen orang lain" if mood == "other" else form["file"]
        if mood == "changed":  # soundly signed, but not what was sent
            file = file[:10] + bytes([file[10] ^ 1]) + file[11:]
        signed = file if mood in ("other", "unsigned") else self.server.sign(file)
        if mood == "broken":
            signed = signed[:2000] + bytes([signed[2000] ^ 1]) + signed[2001:]
        with bsre.lock:
            name = f"dok-{len(bsre.kept) + 1}"
            bsre.kept[name] = signed
        if mood == "json":
            return self.say(200, {"id_dokumen": name})
        return self.end(200, signed, "application/pdf", name, torn=mood == "torn")

    def stamp(self, body):
        request = tsp.TimeStampReq.load(body)
        answer = self.server.clock.request_tsa_response(request)
        self.end(200, answer.dump(), "application/timestamp-reply")

    def say(self, status, said):
        self.end(status, json.dumps(said).encode(), "application/json")

    def end(self, status, body, kind, name="", torn=False):
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if name:
                self.send_header("id_dokumen", name)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if torn else body)
        if torn:
            self.close_connection = True


def fields(kind, body):
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    return {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        for part in whole.get_payload()
    }


def timestamper():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    mine = pki.certificate("Waktu Uji", key=key, stamps=True)
    return DummyTimeStamper(
        tsa_cert=x509.Certificate.load(mine.public_bytes(Encoding.DER)),
        tsa_key=keys.PrivateKeyInfo.load(
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
    )


@contextmanager
def running(folder):
    """Serve on a free port of loopback; gives what is told and the address."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    httpd.bsre = Bsre()
    key, _root = pki.open_pem(folder)
    pen = pades.Signer(Esign(signer="pades", key=str(key)), Secret())
    httpd.sign = lambda data: pen.sign(data, Note("Surabaya", "BSrE")).data
    httpd.clock = timestamper()
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield httpd.bsre, f"http://127.0.0.1:{httpd.server_port}"
    finally:
        httpd.bsre.hold.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join()
