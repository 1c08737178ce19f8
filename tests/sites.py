"""A whole site for a test: the demo trust in a database of its own, served by the real processes."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

import psycopg2

import localdb

HERE = localdb.CHECKOUT
STORY_DAY = "2026-11-21"
WAIT = 90.0
_numbers = itertools.count(1)


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_sql(statement: str, *values: object) -> None:
    """Run one statement outside a transaction, in the server of this checkout."""
    connection = psycopg2.connect(
        host=str(localdb.socket_folder()), user=localdb.USER, dbname="postgres"
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
    finally:
        connection.close()


def address_of(database: str) -> str:
    return f"postgres://{localdb.USER}@{quote(str(localdb.socket_folder()), safe='')}/{database}"


def drop(database: str) -> None:
    run_sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


class Site:
    """One database and the processes that serve it; everything ends with `stop()`."""

    def __init__(self, folder: Path, *, like: str = "", **environment: str) -> None:
        self.folder = folder
        self.database = f"site_{os.getpid()}_{next(_numbers)}"
        template = f' TEMPLATE "{like}"' if like else ""
        run_sql(f'CREATE DATABASE "{self.database}"{template}')
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "DJANGO_SETTINGS_MODULE": "trust.settings",
            "DEMO": "1",
            "EYELINE_AS_OF": STORY_DAY,
            "EYELINE_BIND": f"127.0.0.1:{self.port}",
            "SITE_URL": self.url,
            "SECRET_KEY": "only-for-the-site-of-one-test-0123456789-abcdefghijkl",
            "DATABASE_URL": address_of(self.database),
            "MEDIA_ROOT": str(folder / "media"),
            "CELERY_BROKER_URL": "",
            **environment,
        }

    def manage(self, *arguments: str, **changed: str) -> str:
        """Run one management command to its end; raises CalledProcessError with its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=HERE, env=self.environment | changed, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, *command: str, **changed: str) -> subprocess.Popen[bytes]:
        """Start a process of the site; its output is kept in the folder."""
        log = (self.folder / f"process-{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", *command] if command[0] in ("gunicorn", "celery") else
            [sys.executable, *command],
            cwd=HERE, env=self.environment | changed, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        log.close()
        self.processes.append(process)
        return process

    def serve(self, *, worker: bool = True, **changed: str) -> None:
        """Serve the site as run.py does, and wait until it answers."""
        self.start(
            "gunicorn", "trust.wsgi", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread",
            "--threads", "8", "--no-control-socket", "--log-level", "warning", **changed,
        )  # fmt: skip
        if worker:
            self.start("manage.py", "work", **changed)
        self.wait_until(self.answers)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_until(self, condition: object, seconds: float = WAIT) -> None:
        """Wait for something; raises AssertionError with the processes' output when it does not come."""
        end = time.monotonic() + seconds
        while not condition():  # type: ignore[operator]
            dead = [p.args for p in self.processes if p.poll() not in (None, 0)]
            assert not dead, f"{dead}\n{self.output()}"
            assert time.monotonic() < end, self.output()
            time.sleep(0.2)

    def value(self, query: str) -> object:
        """The first value of a query in the site's database."""
        connection = psycopg2.connect(self.environment["DATABASE_URL"])
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                row = cursor.fetchone()
                return row[0] if row else None
        finally:
            connection.close()

    def output(self) -> str:
        return "\n".join(
            path.read_text(errors="replace")[-3000:] for path in sorted(self.folder.glob("*.log"))
        )

    def stop_processes(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []

    def stop(self) -> None:
        self.stop_processes()
        drop(self.database)
