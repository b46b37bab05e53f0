"""Load from a process of its own: connections kept open, each request's time kept.

Run as `python -m tests.bench.load`: reads a plan as JSON from standard input, answers times.
"""

import http.client
import json
import sys
import threading
import time


def run(plan: dict) -> dict:
    """`plan`: port, seconds, connections, scripts; a script is a list of requests
    [method, path, headers, body] sent one after the other on one connection. A path may hold
    `{location}`: where the last redirect led."""
    scripts = plan["scripts"]
    position = iter(range(len(scripts)))
    lock = threading.Lock()
    times: list[float] = []
    whole: list[float] = []
    failures: list[str] = []
    stop = time.perf_counter() + plan["seconds"]

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", plan["port"], timeout=30)
        mine: list[float] = []
        mine_whole: list[float] = []
        while time.perf_counter() < stop:
            with lock:
                index = next(position, None)
            if index is None:
                break
            location = ""
            script_began = time.perf_counter()
            for method, path, headers, body in scripts[index]:
                began = time.perf_counter()
                connection.request(
                    method, path.replace("{location}", location), body=body, headers=headers
                )
                response = connection.getresponse()
                response.read()
                mine.append(time.perf_counter() - began)
                location = response.headers.get("Location") or location
                if response.status >= 400:
                    with lock:
                        failures.append(f"{response.status} {method} {path}")
            mine_whole.append(time.perf_counter() - script_began)
        connection.close()
        with lock:
            times.extend(mine)
            whole.extend(mine_whole)

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(plan["connections"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "seconds": time.perf_counter() - began,
        "times": times,
        "whole": whole,
        "failures": failures[:5],
        "failed": len(failures),
    }


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
