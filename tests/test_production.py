"""Production, first form: the containers as written, and the settings that refuse to start half set."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

import localdb

HERE = localdb.CHECKOUT
APP_SERVICES = ("migrate", "web", "worker", "beat")
SERVICES = {"db", "redis", "migrate", "web", "worker", "beat", "proxy"}
COMPLETE = {
    "SECRET_KEY": "a-key-of-production-with-more-than-fifty-characters-0123456789-abc",
    "ALLOWED_HOSTS": "eyeline.example.org",
    "DATABASE_URL": "postgres://eyeline:secret@127.0.0.1:1/eyeline",
    "DEMO": "",
    "DEBUG": "",
    "DJANGO_SETTINGS_MODULE": "trust.settings",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((HERE / "docker-compose.yml").read_text(encoding="utf-8"))


def run_in_production(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"]} | COMPLETE | changed
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=HERE, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def setting_in_production(expression: str, **changed: str) -> Any:
    code = f"import json; from trust import settings; print(json.dumps({expression}))"
    done = run_in_production("-c", code, **changed)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# -- Settings


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SECRET_KEY", "Set SECRET_KEY (or SECRET_KEY_FILE) to 50 or more random characters."),
        ("ALLOWED_HOSTS", "Set ALLOWED_HOSTS to the host names this site answers to."),
        ("DATABASE_URL", "Set DATABASE_URL (or DATABASE_URL_FILE) to the PostgreSQL server."),
    ],
)
def test_start_production_without_one_secret_is_refused_in_one_sentence(name, sentence) -> None:
    done = run_in_production("-c", "import trust.settings", **{name: ""})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(f"ImproperlyConfigured: {sentence}")


def test_start_production_with_secrets_from_files_reads_them(tmp_path) -> None:
    file = tmp_path / "secret_key"
    file.write_text("from-a-file\n", encoding="utf-8")
    key = setting_in_production("settings.SECRET_KEY", SECRET_KEY="", SECRET_KEY_FILE=str(file))
    assert key == "from-a-file"


def test_check_deploy_in_production_finds_nothing() -> None:
    done = run_in_production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.stderr == ""
    assert done.stdout.strip() == "System check identified no issues (0 silenced)."
    assert done.returncode == 0


def test_settings_in_production_have_host_cookies_and_a_second_factor() -> None:
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "MFA_REQUIRED", "SECURE_SSL_REDIRECT"]
    names += ["KNOWN_DEVICE_COOKIE", "SESSION_COOKIE_SECURE"]
    found = setting_in_production(f"[getattr(settings, name) for name in {names!r}]")
    assert found == ["__Host-sessionid", "__Host-csrftoken", True, True, "__Host-device", True]
    assert setting_in_production("settings.EYELINE_AS_OF", EYELINE_AS_OF="2026-11-21") is None


def test_settings_in_the_demo_have_plain_cookies_and_a_clock_that_stands_still() -> None:
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "MFA_REQUIRED", "SECURE_SSL_REDIRECT"]
    found = setting_in_production(f"[getattr(settings, name) for name in {names!r}]", DEMO="1")
    assert found == ["sessionid", "csrftoken", False, False]
    assert setting_in_production("str(settings.EYELINE_AS_OF)", DEMO="1") == "2026-11-21"


def test_database_url_may_name_a_socket_folder() -> None:
    url = "postgres://eyeline@%2Frun%2Fpostgresql/trust"
    found = setting_in_production("settings.DATABASES['default']", DATABASE_URL=url)
    assert (found["HOST"], found["USER"], found["NAME"]) == ("/run/postgresql", "eyeline", "trust")


def test_statement_timeout_is_set_for_web_processes_only() -> None:
    options = "settings.DATABASES['default']['OPTIONS']['options']"
    assert "statement_timeout=15000" in setting_in_production(options, EYELINE_PROCESS="web")
    assert "statement_timeout" not in setting_in_production(options)


# -- docker-compose.yml


def test_compose_has_every_service(compose) -> None:
    assert set(compose["services"]) == SERVICES
    assert compose["services"]["proxy"]["profiles"] == ["proxy"]


def test_compose_every_service_is_hardened(compose) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped"), name
        assert name == "migrate" or "healthcheck" in service, name
        assert not service.get("privileged"), name


def test_compose_apps_run_as_the_images_user(compose) -> None:
    dockerfile = (HERE / "Dockerfile").read_text(encoding="utf-8")
    user = re.search(r"--uid (\d+)", dockerfile)
    assert user is not None
    for name in APP_SERVICES:
        assert compose["services"][name]["user"] == f"{user[1]}:{user[1]}", name


def test_compose_has_no_default_password(compose) -> None:
    text = (HERE / "docker-compose.yml").read_text(encoding="utf-8")
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)(\S?\??)", text)
    assert {name for name, _ in secrets} == {"SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert {mark for _, mark in secrets} == {":?"}


def test_compose_every_variable_is_explained(compose) -> None:
    text = (HERE / "docker-compose.yml").read_text(encoding="utf-8")
    example = (HERE / ".env.example").read_text(encoding="utf-8")
    used = set(re.findall(r"\$\{(\w+)", text)) - {"EYELINE_VERSION", "EYELINE_DEPLOYMENT"}
    explained = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert used - explained == set()


def test_compose_only_the_proxy_is_reached_from_outside(compose) -> None:
    ports = {name: service.get("ports", []) for name, service in compose["services"].items()}
    assert {name for name, found in ports.items() if found} == {"web", "proxy"}
    assert ports["web"] == ["127.0.0.1:8000:8000"]
    assert compose["services"]["db"]["networks"] == ["inside"]
    assert compose["services"]["redis"]["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True


def test_compose_apps_wait_for_the_migration(compose) -> None:
    for name in ("web", "worker", "beat"):
        waits = compose["services"][name]["depends_on"]["migrate"]
        assert waits == {"condition": "service_completed_successfully"}, name


def test_compose_redis_never_evicts_and_keeps_its_log(compose) -> None:
    command = " ".join(compose["services"]["redis"]["command"])
    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes" in command


def test_compose_worker_lets_running_work_finish(compose) -> None:
    worker = compose["services"]["worker"]
    assert worker["environment"]["REMAP_SIGTERM"] == "SIGQUIT"
    assert worker["stop_grace_period"] == "90s"
    assert {"--without-mingle", "--without-gossip"} <= set(worker["command"])
    assert compose["services"]["beat"]["deploy"]["replicas"] == 1


# -- Dockerfile


def test_dockerfile_installs_by_hash_and_ends_as_an_ordinary_user() -> None:
    lines = (HERE / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert any("--require-hashes -r /build/requirements.txt" in line for line in lines)
    users = [line for line in lines if line.startswith("USER")]
    assert users == ["USER eyeline"]
    for package in ("libpangoft2-1.0-0", "libharfbuzz-subset0"):
        assert any(package in line for line in lines)


def test_dockerignore_keeps_secrets_and_data_out_of_the_image() -> None:
    ignored = (HERE / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".run", ".git", ".venv"} <= set(ignored)
