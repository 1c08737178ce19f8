"""The very commands of docker-compose.yml, as processes against real PostgreSQL and Redis servers."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import localdb
from tests.sites import Site, free_port

pytestmark = pytest.mark.redis


def command_of(service: str) -> list[str]:
    compose = yaml.safe_load((localdb.CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
    return list(compose["services"][service]["command"])


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A private Redis server; yields its port."""
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
         "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    yield port
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def site(demo: Site, redis: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo's data under production settings, with a broker."""
    site = Site(
        tmp_path_factory.mktemp("production"),
        like=demo.database,
        DEMO="",
        EYELINE_AS_OF="",
        ALLOWED_HOSTS="127.0.0.1",
        CELERY_BROKER_URL=f"redis://127.0.0.1:{redis}/0",
    )
    yield site
    site.stop()


def test_worker_and_beat_of_production_make_the_minutes_pdf_and_propose_a_due_agenda(
    site: Site,
) -> None:
    site.manage("migrate", "--no-input")
    site.manage("createcachetable")
    made = "SELECT count(*) FROM trust_document WHERE kind = 'minutes'"
    scheduled = (
        "SELECT count(*) FROM meetings_meeting WHERE state = 'scheduled' "
        "AND deadlines->>'draft' <= current_date::text"
    )
    assert site.value(made) == 0
    assert site.value(scheduled)
    beat_folder = site.folder
    beat = [part.replace("/tmp/", f"{beat_folder}/") for part in command_of("beat")]
    site.start(*command_of("worker"), REMAP_SIGTERM="SIGQUIT")
    site.start(*beat)
    site.wait_until(lambda: not site.value(scheduled))
    done = "SELECT count(*) FROM trust_document WHERE kind = 'minutes' AND state = 'done'"
    site.wait_until(lambda: site.value(done))
    sha256 = site.value(
        "SELECT sha256 FROM trust_document WHERE kind = 'minutes' AND state = 'done'"
    )
    file = Path(site.environment["MEDIA_ROOT"]) / "made" / str(sha256)[:2] / f"{sha256}.pdf"
    assert file.read_bytes().startswith(b"%PDF-")


def test_web_command_of_production_answers_only_its_own_host(site: Site) -> None:
    import urllib.error
    import urllib.request

    dockerfile = (localdb.CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    line = next(x for x in dockerfile.splitlines() if x.startswith("CMD"))
    command = yaml.safe_load(line.removeprefix("CMD"))
    command = [part.replace("0.0.0.0:8000", f"127.0.0.1:{site.port}") for part in command]
    site.manage("collectstatic", "--no-input", STATIC_ROOT=str(site.folder / "static"))
    site.start(*command, STATIC_ROOT=str(site.folder / "static"))
    site.wait_until(site.answers)
    request = urllib.request.Request(site.url + "/healthz", headers={"Host": "elsewhere.example"})  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)  # noqa: S310
    with refused.value as answer:
        assert answer.code == 400
