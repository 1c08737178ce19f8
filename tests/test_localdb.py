"""The embedded PostgreSQL: shared, stopped by the last, and not in the way after a kill."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

import localdb

pytestmark = pytest.mark.skipif(
    not localdb.is_needed(), reason="DATABASE_URL names another server than the embedded one"
)

HOLDER = """
import sys, time
import localdb
with localdb.hold():
    print("held", flush=True)
    sys.stdin.read()
print("released", flush=True)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A second checkout on this machine, whose path has a space, cleared away afterwards."""
    folder = tmp_path / "a school's copy"
    folder.mkdir()
    shutil.copy(localdb.CHECKOUT / "localdb.py", folder)
    server = localdb.Server(folder)
    yield folder
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)
    shutil.rmtree(server.sockets, ignore_errors=True)


@contextmanager
def holder(checkout: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process of the checkout that holds the server until its input ends."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=checkout, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            if process.poll() is None:
                process.communicate(timeout=60)


def let_go(process: subprocess.Popen[str]) -> None:
    told, _ = process.communicate(timeout=60)
    assert told == "released\n"


def answers(checkout: Path) -> bool:
    try:
        connection = psycopg2.connect(
            host=str(localdb.socket_folder(checkout)), user=localdb.USER, dbname=localdb.DATABASE
        )
    except psycopg2.OperationalError:
        return False
    connection.close()
    return True


def server_process(checkout: Path) -> int:
    lines = (localdb.Server(checkout).data / "postmaster.pid").read_text().splitlines()
    return int(lines[0])


def test_hold_two_holders_share_and_the_last_stops_the_server(checkout: Path) -> None:
    with holder(checkout) as first, holder(checkout) as second:
        shared = server_process(checkout)
        let_go(first)
        assert answers(checkout)
        assert server_process(checkout) == shared
        let_go(second)
        assert not answers(checkout)


def test_hold_after_the_holder_was_killed_the_next_one_starts_and_stops_it(checkout: Path) -> None:
    with holder(checkout) as killed:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert answers(checkout)  # nobody was left to stop it
    with holder(checkout) as following:
        assert answers(checkout)
        let_go(following)
    assert not answers(checkout)


def test_hold_after_holder_and_server_were_killed_the_next_one_works(checkout: Path) -> None:
    with holder(checkout) as killed:
        os.kill(server_process(checkout), signal.SIGKILL)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    with holder(checkout) as following:
        assert answers(checkout)
        let_go(following)


def test_hold_with_a_pid_file_of_somebody_elses_process_starts_anyway(checkout: Path) -> None:
    with holder(checkout) as first:
        let_go(first)
    pid_file = localdb.Server(checkout).data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n")
    with holder(checkout) as following:
        assert answers(checkout)
        let_go(following)


def test_hold_eight_starters_at_once_share_one_server(checkout: Path) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", HOLDER],
            cwd=checkout, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(8)
    ]  # fmt: skip
    told = [starter.communicate(timeout=60)[0] for starter in starters]
    assert told == ["held\nreleased\n"] * 8
    assert not answers(checkout)


def test_hold_two_checkouts_do_not_disturb_each_other(checkout: Path) -> None:
    ours = localdb.CHECKOUT
    assert localdb.socket_folder(checkout) != localdb.socket_folder(ours)
    with holder(checkout) as other:
        assert server_process(checkout) != server_process(ours)
        let_go(other)
    assert not answers(checkout)
    assert answers(ours)


def test_hold_socket_folder_of_somebody_else_is_refused(checkout: Path) -> None:
    folder = localdb.socket_folder(checkout)
    folder.symlink_to(checkout, target_is_directory=True)
    try:
        with pytest.raises(localdb.LocalDatabaseError, match="belongs to somebody else"):
            localdb.Server(checkout).ensure_running()
    finally:
        folder.unlink()


def test_socket_folder_is_computed_only(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 160)
    folder = localdb.socket_folder(deep)
    assert len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= localdb.SOCKET_PATH_LIMIT
    assert not folder.exists()


def test_hold_with_database_url_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/eyeline")
    assert not localdb.is_needed()
    begin = time.monotonic()
    with localdb.hold():
        pass
    assert time.monotonic() - begin < 0.05
