#!/usr/bin/env python3
"""Set up once, then serve the demo trust, test, check, measure or write the report. Standard library only."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before an import that an older Python cannot read
    sys.exit(
        "Eyeline needs Python 3.11 or newer; this is Python {}.{} ({}).\n"
        "Debian 12 and Ubuntu 24.04 bring it as python3; macOS: brew install python@3.12".format(
            *sys.version_info[:2], sys.executable
        )
    )

import argparse
import contextlib
import ctypes
import datetime as dt
import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path

import localdb

HERE = Path(__file__).resolve().parent
RUN = HERE / ".run"
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
DEMO_DAY = "2026-11-21"
APPS = (
    "trust",
    "people",
    "schools",
    "evidence",
    "meetings",
    "improvement",
    "ratings",
    "cpd",
    "progress_boards",
)
PDF_PACKAGES = ("libpangoft2-1.0-0", "libharfbuzz-subset0")
PDF_LIBRARIES = ("libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
WAIT_FOR_SERVER = 60  # seconds
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Stop(Exception):
    """The run cannot go on; the message says why and what to type."""


# -- Saying what happens -------------------------------------------------------------------------


def say(line: str) -> None:
    print(line, flush=True)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """One line for one step: its name at once, how long it took when that is worth saying."""
    begin = time.monotonic()
    print(f"  {name} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    took = time.monotonic() - begin
    print(f"done ({took:.0f} s)" if took >= 1 else "done", flush=True)


def run(command: Sequence[str | Path], env: dict[str, str] | None = None) -> None:
    """Run to the end, showing seconds on a terminal. Errors: Stop with the program's last words."""
    with tempfile.TemporaryFile() as words:
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=HERE, env=env, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )  # fmt: skip
        try:
            wait_showing_seconds(child)
        finally:
            stop_children([child])
        if child.returncode:
            words.seek(0)
            tail = words.read().decode(errors="replace")[-6000:].strip()
            name = " ".join(Path(part).name for part in command[:3])
            raise Stop(f"{tail}\n{name} ended with status {child.returncode}.")


def wait_showing_seconds(child: subprocess.Popen[bytes]) -> None:
    begin = shown = time.monotonic()
    width = 0
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=0.5)
            break
        if sys.stdout.isatty() and time.monotonic() - shown >= 1:
            shown = time.monotonic()
            text = f"{shown - begin:.0f} s"
            print("\b" * width + text, end="", flush=True)
            width = len(text)
    print("\b" * width + " " * width + "\b" * width, end="", flush=True)


# -- Set-up: every step may be repeated ----------------------------------------------------------


def set_up(*, for_development: bool = False) -> None:
    """Make the checkout ready to run; a second time only looks."""
    RUN.mkdir(exist_ok=True)
    with (RUN / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two starters of one checkout take turns
        make_environment()
        install("requirements.txt", "what Eyeline needs")
        if for_development:
            install("requirements-dev.txt", "what the tests and checks need")
        find_pdf_libraries()
        write_env_file()


def make_environment() -> None:
    works = PYTHON.exists() and not subprocess.run([PYTHON, "-c", ""], check=False).returncode
    if works:
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    ways = ("ensurepip", "pip")
    if not shutil.which("uv") and not any(map(importlib.util.find_spec, ways)):
        apt_install(("python3-venv",), "this Python cannot make environments")
        importlib.invalidate_caches()
    with step(f"Python {sys.version_info.major}.{sys.version_info.minor} environment in .venv"):
        if importlib.util.find_spec("ensurepip"):
            run([sys.executable, "-m", "venv", VENV])
        elif shutil.which("uv"):
            run(["uv", "venv", "--quiet", "--python", sys.executable, VENV])
        else:
            run([sys.executable, "-m", "venv", "--without-pip", VENV])


def install(name: str, what: str) -> None:
    """Install one hashed lock file, unless the stamp says that this very file is installed."""
    lock = HERE / name
    stamp = VENV / f".{name}.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    count = sum(1 for line in lock.read_text(encoding="utf-8").splitlines() if "==" in line[:80])
    with step(f"Installing {what} ({count} packages by hash, about a minute)"):
        failed: Stop | None = None
        for installer in installers():
            try:
                run([*installer, "--require-hashes", "-r", lock])
            except Stop as error:
                failed = failed or error
            else:
                break
        else:
            raise failed or Stop("Neither pip nor uv was found. Debian: apt install python3-venv")
    stamp.write_text(digest, encoding="ascii")


def installers() -> Iterator[list[str]]:
    """The ways to install into .venv, best first."""
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    if not subprocess.run(
        [PYTHON, "-c", "import pip"], check=False, capture_output=True
    ).returncode:
        yield [str(PYTHON), "-m", "pip", "install", *quiet]
    elif importlib.util.find_spec("pip"):
        yield [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", *quiet]


def has_pdf_libraries() -> bool:
    if sys.platform == "darwin":
        places = ("/opt/homebrew/lib", "/usr/local/lib")
        return any(Path(place, "libpangoft2-1.0.dylib").exists() for place in places)
    try:
        for library in PDF_LIBRARIES:
            ctypes.CDLL(library)
    except OSError:
        return False
    return True


def find_pdf_libraries() -> None:
    if has_pdf_libraries():
        return
    if sys.platform == "darwin":
        say("  PDF files need Pango. Everything else works. To have them: brew install pango")
        return
    try:
        apt_install(PDF_PACKAGES, "PDF files need two system libraries")
    except Stop as missing:
        say(f"  {missing}\n  Everything but PDF files works without them.")


def apt_install(packages: Sequence[str], why: str) -> None:
    """Install Debian packages as root, saying so first. Errors: Stop with the one line to type."""
    line = f"apt-get install -y {' '.join(packages)}"
    if os.getuid() or not shutil.which("apt-get"):
        raise Stop(f"{why[0].upper()}{why[1:]}. Type: sudo {line}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with step(f"Debian packages {', '.join(packages)} ({why})"):
        command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
        try:
            run(command, env)
        except Stop:  # the list of packages may be old, or missing
            run(["apt-get", "update", "-q"], env)
            run(command, env)


def write_env_file() -> None:
    """Write .env with a key of its own, readable by its owner only; an existing file is kept."""
    text = f"# Written by run.py for the demo. .env.example lists every setting.\nDEMO=1\nSECRET_KEY={secrets.token_urlsafe(60)}\n"
    try:
        handle = os.open(HERE / ".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with step("A random key in .env"), os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


# -- The demo trust ------------------------------------------------------------------------------


def demo_environment(as_of: str, port: int = 8000) -> dict[str, str]:
    env = os.environ | {
        "DEMO": "1",
        "DEBUG": "",
        "DJANGO_SETTINGS_MODULE": "trust.settings",
        "EYELINE_AS_OF": as_of,
        "EYELINE_BIND": f"127.0.0.1:{port}",
        "SITE_URL": f"http://127.0.0.1:{port}",
    }
    if as_of != DEMO_DAY:  # a story told up to another day is another database
        env["EYELINE_DATABASE"] = database_name(as_of)
    return env


def database_name(as_of: str) -> str:
    return localdb.DATABASE if as_of == DEMO_DAY else f"{localdb.DATABASE}_{as_of.replace('-', '')}"


@contextlib.contextmanager
def demo_database(as_of: str, env: dict[str, str]) -> Iterator[None]:
    """Hold a database that is migrated and tells the demo's story up to the day."""
    with step("PostgreSQL"):
        held = localdb.hold()
        held.create_database(database_name(as_of))
    with held:
        with step("Tables"):
            run([PYTHON, "manage.py", "migrate", "--no-input", "-v", "0"], env)
        with step(f"Demo trust as of {spoken(as_of)}"):
            run([PYTHON, "manage.py", "seed_demo", "--if-empty", "--as-of", as_of], env)
        yield


def spoken(as_of: str) -> str:
    day = dt.date.fromisoformat(as_of)
    return f"{day.day} {day:%B %Y}"


def serve(options: argparse.Namespace) -> int:
    """Serve the demo trust until Ctrl-C or SIGTERM; its processes end with this one."""
    refuse_taken_port(options.port)
    set_up()
    env = demo_environment(options.as_of, options.port)
    with demo_database(options.as_of, env):
        children: list[subprocess.Popen[bytes]] = []
        try:
            web = start(
                [
                    "-m", "gunicorn", "trust.wsgi", "--bind", env["EYELINE_BIND"],
                    "--worker-class", "gthread", "--workers", "1", "--threads", "8",
                    "--no-control-socket", "--graceful-timeout", "10", "--log-level", "warning",
                ],
                env,
            )  # fmt: skip
            children = [web, start(["manage.py", "work"], env)]
            with step("Web server and worker"):
                wait_until_it_answers(web, options.port)
            say(f"\nEyeline is ready: {env['SITE_URL']}  (stop it with Ctrl-C)")
            if not options.no_browser and has_screen():
                webbrowser.open(env["SITE_URL"])
            return watch(web, children, env)
        finally:
            stop_children(children)
            say("Eyeline has stopped.")


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Stop(f"Port {port} is taken. Type: python3 run.py --port {port + 1}") from error


def start(arguments: Sequence[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(PYTHON), *arguments],
        cwd=HERE,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches run.py only, which stops them in order
        preexec_fn=die_with_parent,
    )


def die_with_parent() -> None:
    """In the child: be terminated when run.py is killed outright, or the port stays taken."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_until_it_answers(web: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + WAIT_FOR_SERVER
    while time.monotonic() < deadline:
        if web.poll() is not None:
            raise Stop(f"The web server ended with status {web.returncode}.")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                line.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                if line.recv(16).startswith(b"HTTP/"):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise Stop("The web server did not answer within a minute.")


def has_screen() -> bool:
    return sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def watch(
    web: subprocess.Popen[bytes], children: list[subprocess.Popen[bytes]], env: dict[str, str]
) -> int:
    """Wait for the web server's end; a worker that dies is started again after a second."""
    while web.poll() is None:
        time.sleep(1)
        if children[1].poll() is not None:
            say(f"The worker ended with status {children[1].returncode}; starting it again.")
            children[1] = start(["manage.py", "work"], env)
    say(f"The web server ended with status {web.returncode}.")
    return 1


def stop_children(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def report(options: argparse.Namespace) -> int:
    """Write the demo's agenda, minutes and annual report as PDF; status 3 without PDF libraries."""
    set_up()
    env = demo_environment(options.as_of)
    with demo_database(options.as_of, env):
        return call([PYTHON, "manage.py", "write_report", "--out", options.out.resolve()], env)


def call(command: Sequence[str | Path], env: dict[str, str]) -> int:
    """Run with the terminal as it is and answer the program's status."""
    child = subprocess.Popen(
        [str(part) for part in command], cwd=HERE, env=env, preexec_fn=die_with_parent
    )
    try:
        return child.wait()
    except KeyboardInterrupt:
        return child.wait()
    finally:
        stop_children([child])


# -- Tests and checks ----------------------------------------------------------------------------


def test(options: argparse.Namespace) -> int:
    """Run pytest; with --all also what needs Chromium and Redis, which must then be there."""
    set_up(for_development=True)
    env = os.environ | {"EYELINE_TEST_ALL": "1" if options.all else ""}
    if options.all:
        wanted = {"chromium": "chromium", "redis-server": "redis-server"}
        missing = [package for program, package in wanted.items() if not shutil.which(program)]
        if missing:
            apt_install(missing, "the whole suite needs a browser and Redis")
        if not has_pdf_libraries():
            raise Stop(
                f"The whole suite writes PDF files. Type: sudo apt-get install -y {' '.join(PDF_PACKAGES)}"
            )
    # The whole suite is shared between the cores; a part of it starts sooner alone.
    shared = (
        [] if options.arguments else ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
    )
    return call([PYTHON, "-m", "pytest", *shared, *options.arguments], env)


def bench(options: argparse.Namespace) -> int:
    """Measure against the budgets of docs/performance.md, on databases of their own. Status 1: one falls short."""
    if not localdb.is_needed():
        raise Stop("The benchmark sows databases of its own: unset DATABASE_URL for it.")
    set_up(for_development=True)
    env = demo_environment(DEMO_DAY) | {
        "DJANGO_SETTINGS_MODULE": "tests.performance.settings",
        "EYELINE_DATABASE": "postgres",
    }
    quick = ["--quick"] if options.quick else []
    with localdb.hold():
        return call([PYTHON, "-m", "tests.performance", *quick, "--json", options.json], env)


def production_environment(static_root: str) -> dict[str, str]:
    """What a production process sees, pointed at the embedded server."""
    folder = urllib.parse.quote(str(localdb.socket_folder()), safe="")
    return os.environ | {
        "DEMO": "", "DEBUG": "", "EYELINE_AS_OF": "",
        "DJANGO_SETTINGS_MODULE": "trust.settings",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "eyeline.example.org",
        "DATABASE_URL": f"postgres://{localdb.USER}@{folder}/{localdb.DATABASE}",
        "STATIC_ROOT": static_root,
    }  # fmt: skip


def check(_options: argparse.Namespace) -> int:
    """Lint, types, layers, migrations, production settings and drawn diagrams. Status 1: something is wrong."""
    set_up(for_development=True)
    templates = sorted(
        str(path) for path in HERE.glob("**/templates/**/*.html") if not hidden(path)
    )
    with tempfile.TemporaryDirectory() as static_root, localdb.hold():
        real, tests = production_environment(static_root), demo_environment(DEMO_DAY)
        tests["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        tool = VENV / "bin"
        checks: list[tuple[str, Sequence[str | Path], dict[str, str]]] = [
            ("Lint", [tool / "ruff", "check", "."], tests),
            ("Format", [tool / "ruff", "format", "--check", "."], tests),
            ("Templates", [tool / "djade", "--check", "--target-version", "5.2", *templates], tests),
            ("Types", [tool / "mypy"], tests),
            ("Layers", [tool / "lint-imports"], tests),
            ("Migrations complete", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], tests),
            ("Migrations safe", [PYTHON, "manage.py", "lintmigrations", "--no-cache", "--project-root-path", HERE, "--include-apps", *APPS], tests),
            ("Diagrams fresh", [PYTHON, "manage.py", "state_diagrams", "--check"], tests),
            ("Static files", [PYTHON, "manage.py", "collectstatic", "--no-input", "-v", "0"], real),
            ("Production settings", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], real),
        ]  # fmt: skip
        failures = 0
        for name, command, env in checks:
            try:
                with step(name):
                    run(command, env)
            except Stop as found:
                failures += 1
                say(f"{found}\n")
    say(
        f"{failures} of {len(checks)} checks failed" if failures else f"{len(checks)} checks passed"
    )
    return 1 if failures else 0


def hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(HERE).parts)


# -- The command line ----------------------------------------------------------------------------


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="serve|setup|test|check|bench|report")
    served = commands.add_parser("serve", help="set up, then serve the demo trust (the default)")
    served.add_argument("--port", type=int, default=8000)
    served.add_argument("--no-browser", action="store_true")
    commands.add_parser("setup", help="set up and stop")
    commands.add_parser("test", help="set up, then run pytest; --all demands Chromium and Redis")
    commands.add_parser("check", help="lint, types, layers, migrations, production settings")
    benched = commands.add_parser("bench", help="measure CPU time, queries and sizes by ratios")
    benched.add_argument("--quick", action="store_true", help="the rows of a minute")
    benched.add_argument("--json", type=Path, default=RUN / "bench.json")
    reported = commands.add_parser("report", help="write three PDF files of the demo trust")
    reported.add_argument("--out", type=Path, default=HERE / "out")
    for command in (served, reported):
        command.add_argument("--as-of", type=iso_day, default=DEMO_DAY, metavar="DATE")
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in {"-h", "--help"}):
        arguments = ["serve", *arguments]
    if arguments[0] == "test":  # everything but --all is pytest's
        rest = [argument for argument in arguments[1:] if argument != "--all"]
        return argparse.Namespace(command="test", all="--all" in arguments, arguments=rest)
    return parser.parse_args(arguments)


def iso_day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no date like 2026-11-21") from error


def prepare(_options: argparse.Namespace) -> int:
    set_up(for_development=True)
    with step("PostgreSQL"), localdb.hold():
        pass
    say("Ready. Type: python3 run.py")
    return 0


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored when started with `&`
    for number in (signal.SIGTERM, signal.SIGHUP):  # else nothing below `finally` would run
        signal.signal(number, lambda received, _frame: sys.exit(128 + received))
    todo = {
        "serve": serve,
        "setup": prepare,
        "test": test,
        "check": check,
        "bench": bench,
        "report": report,
    }
    try:
        return todo[options.command](options)
    except (Stop, localdb.LocalDatabaseError) as reason:
        say(str(reason))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
