"""run.py: what is typed, what is written, and what a killed run leaves behind."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import localdb
import run


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """An empty checkout with the two files of the standard library only."""
    for name in ("run.py", "localdb.py"):
        shutil.copy(localdb.CHECKOUT / name, tmp_path)
    return tmp_path


def python(copy: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=False
    )


# -- What is typed


def test_parse_nothing_serves_the_demo_on_port_8000() -> None:
    options = run.parse([])
    assert vars(options) == {
        "command": "serve",
        "port": 8000,
        "no_browser": False,
        "as_of": "2026-11-21",
    }


def test_parse_options_without_a_command_are_those_of_serve() -> None:
    options = run.parse(["--port", "8123", "--no-browser", "--as-of", "2026-03-02"])
    assert (options.command, options.port, options.no_browser) == ("serve", 8123, True)
    assert options.as_of == "2026-03-02"


def test_parse_test_hands_everything_but_all_to_pytest() -> None:
    options = run.parse(["test", "--all", "-k", "ratings", "-x", "tests/ratings"])
    assert options.all is True
    assert options.arguments == ["-k", "ratings", "-x", "tests/ratings"]


@pytest.mark.parametrize("arguments", [["--as-of", "soon"], ["dance"], ["check", "--fast"]])
def test_parse_unknown_words_are_refused(arguments, capsys) -> None:
    with pytest.raises(SystemExit) as refusal:
        run.parse(arguments)
    assert refusal.value.code == 2
    assert "usage: run.py" in capsys.readouterr().err


def test_demo_environment_of_another_day_is_another_database() -> None:
    assert run.database_name("2026-11-21") == "eyeline"
    assert run.database_name("2026-03-02") == "eyeline_20260302"


# -- What is written


def test_write_env_file_has_a_key_of_its_own_and_is_closed_to_others(copy: Path) -> None:
    first = python(copy, "import run; run.write_env_file()")
    assert first.returncode == 0, first.stderr
    file = copy / ".env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert re.search(r"^SECRET_KEY=[\w-]{80}$", text, re.MULTILINE)
    python(copy, "import run; run.write_env_file()")
    assert file.read_text() == text


def test_install_a_lock_that_the_stamp_names_is_not_installed_again(copy: Path) -> None:
    (copy / "requirements.txt").write_text("no-such-package==0 --hash=sha256:0\n")
    (copy / ".venv").mkdir()
    code = (
        "import hashlib, run\n"
        "lock = run.HERE / 'requirements.txt'\n"
        "stamp = run.VENV / '.requirements.txt.sha256'\n"
        "stamp.write_text(hashlib.sha256(lock.read_bytes()).hexdigest())\n"
        "run.install('requirements.txt', 'what is needed')"
    )
    done = python(copy, code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_serve_on_a_taken_port_says_what_to_type() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(run.Stop, match=f"Port {port} is taken. Type: python3 run.py --port"):
            run.refuse_taken_port(port)


# -- What a killed run leaves


@pytest.fixture
def whole_copy(tmp_path: Path) -> Iterator[Path]:
    """A second copy of the project, in a folder with a space, sharing this one's packages."""
    folder = tmp_path / "second copy"
    skipped = shutil.ignore_patterns(
        ".git", ".venv", ".run", ".env", "out", "__pycache__", ".*cache"
    )
    shutil.copytree(localdb.CHECKOUT, folder, ignore=skipped)
    (folder / ".venv").symlink_to(localdb.CHECKOUT / ".venv")
    server = localdb.Server(folder)
    yield folder
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)
    shutil.rmtree(server.sockets, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(copy: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if "EYELINE" not in name}
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "CELERY_BROKER_URL"):
        environment.pop(name, None)
    with (copy / "serve.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "run.py", "--port", str(port), "--no-browser"],
            cwd=copy, env=environment, stdout=log, stderr=log,
        )  # fmt: skip


def wait_until_ready(copy: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 180
    while "Eyeline is ready" not in (said := (copy / "serve.log").read_text()):
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.2)


def processes_of(copy: Path) -> list[str]:
    """Command lines of living processes that work in the copy's folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if place.joinpath("cwd").resolve() == copy:
                found.append(place.joinpath("cmdline").read_bytes().decode().replace("\0", " "))
        except OSError:
            continue
    return [line for line in found if line]


def wait_until_there_are(copy: Path, wanted: int) -> None:
    deadline = time.monotonic() + 40
    while len(found := processes_of(copy)) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="reads processes from /proc")
def test_serve_killed_outright_leaves_nothing_that_stops_the_next(whole_copy: Path) -> None:
    port = free_port()
    killed = serve(whole_copy, port)
    wait_until_ready(whole_copy, killed)
    # run.py, gunicorn and its worker, manage.py work; a worker looks for libraries by short programs
    wait_until_there_are(whole_copy, 4)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    wait_until_there_are(whole_copy, 0)

    following = serve(whole_copy, port)
    wait_until_ready(whole_copy, following)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert answer.status == 200
    following.send_signal(signal.SIGTERM)
    assert following.wait(timeout=60) == 128 + signal.SIGTERM
    assert processes_of(whole_copy) == []
    assert (whole_copy / "serve.log").read_text().endswith("Eyeline has stopped.\n")
    assert not localdb.Server(whole_copy).is_running()
