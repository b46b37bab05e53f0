"""`make bench`: what pages cost, on SQLite and PostgreSQL, one JSON line per figure.

A benchmark, never a test: no figure fails a build. CPU per request is that of all server
processes, the database's included; the load generator runs on the same two cores.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from flask import session as request_session
from flask_wtf.csrf import generate_csrf

from corpu import create_app
from corpu.extensions import db
from tests.bench import batch, world
from tests.conftest import SECRET, migrate, on_database, settings_for, start_postgres
from tests.serving import Server, serving, visitor

BATCH = 2000  # certificates
TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process and its ended children have used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICK


def memory_of(pids: list[int]) -> int:
    """Proportional set size in bytes."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024


def postgres_processes(folder: Path) -> list[int]:
    pid_file = folder / "pg" / "postmaster.pid"
    if not pid_file.exists():
        return []
    main = int(pid_file.read_text().split()[0])
    found = [main]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == main:
            found.append(int(path.parent.name))
    return found


class Bench:
    def __init__(self, server: Server, app, kind: str, folder: Path, seconds: float, only: str):
        self.server, self.app, self.kind, self.folder = server, app, kind, folder
        self.seconds, self.only = seconds, only
        self.figures: list[dict] = []

    def measure(self, name: str, scripts: list, *, connections: int = 8, unit: str = "request"):
        if self.only and self.only not in name:
            return
        before = self._cpu()
        plan = {
            "port": self.server.port,
            "seconds": self.seconds,
            "connections": connections,
            "scripts": scripts,
        }
        result = subprocess.run(
            [sys.executable, "-m", "tests.bench.load"],
            input=json.dumps(plan).encode(),
            capture_output=True,
            check=True,
        )
        load = json.loads(result.stdout)
        after = self._cpu()
        cpu = sum(spent - before.get(pid, 0) for pid, spent in after.items())
        spans = load["times"] if unit == "request" else load["whole"]
        count = len(spans)
        figure = {
            "figure": name,
            "database": self.kind,
            "per_second": round(count / load["seconds"], 1),
            f"cpu_ms_per_{unit}": round(1000 * cpu / count, 2),
            "p50_ms": round(1000 * statistics.median(spans), 2),
            "p99_ms": round(1000 * sorted(spans)[int(count * 0.99) - 1], 2),
            "connections": connections,
            "count": count,
            "failed": load["failed"],
        }
        if load["failures"]:
            figure["failures"] = load["failures"]
        self.report(figure)

    def _cpu(self) -> dict[int, float]:
        """Processor time by process; one that comes during a measurement counts from its birth."""
        pids = self.server.processes() + postgres_processes(self.folder)
        return {pid: cpu_of(pid) for pid in pids}

    def report(self, figure: dict) -> None:
        self.figures.append(figure)
        print(json.dumps(figure), flush=True)


def run_all(bench: Bench, cast: dict[str, list]) -> None:
    app = bench.app
    order = random.Random(1)
    readers = [visitor(app, person) for person in cast["readers"]]
    slug = world.SLUG
    bench.measure(
        "course page, 17 modules with own progress",
        [[["GET", f"/learn/{slug}", order.choice(readers), None]] for _ in range(200_000 // 10)],
    )
    visits = [(reader, f"h{n}") for reader in readers for n in range(4, 18)]
    order.shuffle(visits)
    half = len(visits) // 2
    for connections, part in ((8, visits[:half]), (32, visits[half:])):
        bench.measure(
            "module page of 2,000 words with its visit",
            [[["GET", f"/learn/{slug}/{page}", who, None]] for who, page in part],
            connections=connections,
        )
    half = len(cast["testees"]) // 2
    bench.measure(
        "quiz attempt: start, page, hand in the form with 10 answers",
        [form_script(visitor(app, person)) for person in cast["testees"][:half]],
        unit="attempt",
    )
    bench.measure(
        "quiz attempt: start, 10 answers saved one by one, hand in",
        [attempt_script(visitor(app, person)) for person in cast["testees"][half:]],
        unit="attempt",
    )
    bench.measure(
        "sign-in with a password", [sign_in_script(app, n) for n in range(60)], unit="sign_in"
    )
    for slug, count in world.MODULES.items():
        finished = world.complete_all(app, cast["finishers"][:100], slug)
        bench.measure(
            f"certificate PDF, first download, course of {count} modules",
            [
                [["GET", f"/me/certificates/{certificate}/pdf", visitor(app, person), None]]
                for certificate, person in finished
            ],
            connections=2,
        )
    if not bench.only or "batch" in bench.only:
        for figure in batch.measure(app, cast["finishers"], BATCH):
            bench.report({"database": bench.kind, **figure})
    leader = visitor(app, world.lead(app, cast["readers"]))
    bench.measure(
        "supervisor's screen, a team of 500",
        [[["GET", "/team", leader, None]] for _ in range(20_000)],
        connections=1,
    )
    pids = bench.server.processes()
    bench.report(
        {
            "figure": "memory of all server processes (PSS), typesetter included",
            "database": bench.kind,
            "mib": round(memory_of(pids) / 2**20, 1),
            "processes": len(pids),
        }
    )


def form_script(who: dict[str, str]) -> list:
    """As without scripts, and as other systems do it: three requests in all."""
    base = f"/learn/{world.SLUG}/ujian/attempts"
    form = who | {"Content-Type": "application/x-www-form-urlencoded"}
    token = f"csrf_token={who['X-CSRFToken']}"
    answers = "&".join(f"soal-{n}=0" for n in range(1, 11))
    return [
        ["POST", base, form, token],
        ["GET", "{location}", who, None],
        ["POST", "{location}/submit", form, f"{token}&{answers}"],
    ]


def attempt_script(who: dict[str, str]) -> list:
    base = f"/learn/{world.SLUG}/ujian/attempts"
    form = who | {"Content-Type": "application/x-www-form-urlencoded"}
    as_json = who | {"Content-Type": "application/json"}
    body = f"csrf_token={who['X-CSRFToken']}"
    script = [["POST", base, form, body]]
    for n in range(1, 11):
        answer = {"question": f"s{n}", "answer": "0", "counter": 1, "doubt": False}
        script.append(["POST", "{location}/answers", as_json, json.dumps(answer)])
    script.append(["POST", "{location}/submit", form, body])
    return script


def sign_in_script(app, n: int) -> list:
    client = app.test_client()
    with client.session_transaction() as session, app.test_request_context():
        token = generate_csrf()
        session["csrf_token"] = request_session["csrf_token"]
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    headers = {
        "Cookie": f"{cookie.key}={cookie.value}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    name = f"orang{world.PEOPLE // 2 + n}@ukur.example"
    body = f"csrf_token={token}&identifier={name}&password={world.PASSWORD}"
    return [["POST", "/login", headers, body]]


@contextmanager
def world_on(kind: str, folder: Path):
    """An application on a filled database of this kind, and the people in it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'bench.db'}"
    else:
        address = start_postgres(folder)
        if address is None:
            yield None, "", {}
            return
        url = on_database(address, "postgres")
    migrate(url, folder)
    app = create_app(settings_for(url, folder))
    yield app, url, world.build(app)
    with app.app_context():
        db.engine.dispose()
    server = getattr(start_postgres, "server", None)
    if kind == "postgres" and server is not None:
        server.cleanup()


def cold_start(folder: Path, url: str) -> float:
    began = time.perf_counter()
    with serving(folder, url, SECRET) as server:
        server.get("/verify")
        return time.perf_counter() - began


def compare(figures: list[dict], base: list[dict]) -> None:
    """Each figure against the saved one, as a ratio: conditions differ less than machines."""
    known = {(f["figure"], f["database"], f.get("connections")): f for f in base}
    for figure in figures:
        other = known.get((figure["figure"], figure["database"], figure.get("connections")))
        for key in ("per_second", "cpu_ms_per_request", "cpu_ms_per_attempt", "mib"):
            if other and key in figure and other.get(key):
                ratio = round(figure[key] / other[key], 2)
                print(
                    json.dumps(
                        {
                            "figure": figure["figure"],
                            "database": figure["database"],
                            "ratio_of": key,
                            "ratio": ratio,
                        }
                    )
                )


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="per figure")
    parser.add_argument("--only", default="", help="figures whose name holds this")
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--save", type=Path, help="keep the figures as a base line")
    parser.add_argument("--compare", type=Path, help="compare with a base line")
    options = parser.parse_args()
    conditions = {
        "conditions": {
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "people": world.PEOPLE,
            "seconds_per_figure": options.seconds,
            "load_on_the_same_cores": True,
        }
    }
    print(json.dumps(conditions), flush=True)
    figures: list[dict] = []
    for kind in options.database or ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory(prefix="corpu-bench-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            with world_on(kind, folder) as (app, url, cast):
                if app is None:
                    continue
                started = {
                    "figure": "cold start to first page",
                    "database": kind,
                    "seconds": round(cold_start(folder, url), 2),
                }
                print(json.dumps(started), flush=True)
                with serving(folder, url, SECRET, CORPU_WORKER="none") as server:
                    bench = Bench(server, app, kind, folder, options.seconds, options.only)
                    run_all(bench, cast)
                    figures += bench.figures
    if options.save:
        options.save.write_text("\n".join(json.dumps(figure) for figure in figures))
    if options.compare:
        compare(figures, [json.loads(line) for line in options.compare.read_text().splitlines()])


if __name__ == "__main__":
    main()
