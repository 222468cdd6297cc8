"""The files that an operator copies: accepted by the programs that read them, and in step with the settings."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = [ROOT / "Dockerfile", ROOT / "compose.yaml", *sorted(DEPLOY.iterdir()), ROOT / "docs" / "deploying.md"]


def needed(program: str, package: str) -> str:
    """The program's path; it is installed in CI, elsewhere its test is left out."""
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
    if found is None:
        message = f"{program} is not installed; `apt-get install {package}`"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return str(found)


def run(*command: str | Path) -> str:
    """What a program says, on both streams; it must succeed."""
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    """A name with our prefix that is no setting would stop the service at its start."""
    names = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text("utf-8"))) - {f"{PREFIX}NAME"}
    assert names <= {PREFIX + field.upper() for field in Settings.model_fields}


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-compose.conf"])
@pytest.mark.services
def test_nginx_accepts_its_files(name: str, tmp_path: Path) -> None:
    """`nginx -t` finds nothing to say; only names of other machines and places of certificates are replaced."""
    nginx = needed("nginx", "nginx")
    text = (DEPLOY / name).read_text("utf-8").replace("app:7860", "127.0.0.1:7860")
    text = text.replace("/etc/nginx/summit-proxy.conf", str(DEPLOY / "nginx-proxy.conf"))
    text = re.sub(r"/run/nginx\.pid|/dev/stderr|/var/log/nginx/error\.log", str(tmp_path / "log"), text)
    for kind in ("fullchain", "privkey"):
        text = re.sub(rf"/etc/letsencrypt/\S+/{kind}\.pem", str(tmp_path / f"{kind}.pem"), text)
    subject = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=assistant.example.org"]
    run("openssl", *subject, "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem")
    (tmp_path / "nginx.conf").write_text(text, "utf-8")
    said = run(nginx, "-t", "-c", tmp_path / "nginx.conf")
    assert "test is successful" in said and "[warn]" not in said


@pytest.mark.services
def test_caddy_accepts_its_file(tmp_path: Path) -> None:
    """`caddy validate` accepts the example and `caddy fmt` would not change it."""
    caddy = needed("caddy", "caddy")
    shutil.copy(DEPLOY / "Caddyfile", tmp_path / "Caddyfile")
    environ = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ, timeout=60)
    assert "Valid configuration" in done.stdout + done.stderr, done.stderr
    assert run(caddy, "fmt", tmp_path / "Caddyfile") == (DEPLOY / "Caddyfile").read_text("utf-8")


@pytest.mark.services
def test_the_unit_is_valid_and_shut_in(tmp_path: Path) -> None:
    """systemd finds no mistake in the unit, and rates its exposure below 2 of 10."""
    analyse = needed("systemd-analyze", "systemd")
    program = "/opt/summit-assistant/bin/summit-assistant"
    unit = (DEPLOY / "summit-assistant.service").read_text("utf-8")
    assert program in unit
    copy = tmp_path / "summit-assistant.service"
    copy.write_text(unit.replace(program, sys.executable), "utf-8")
    assert "summit-assistant.service" not in run(analyse, "verify", "--man=no", copy)
    rated = run(analyse, "security", "--offline=true", copy)
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", rated)
    assert level and float(level[1]) < 2.0


def instructions(text: str) -> list[tuple[str, str]]:
    """A Dockerfile as pairs of instruction and arguments, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in joined.split("\n"))]


def dockerfile() -> list[tuple[str, str]]:
    """Ours."""
    return instructions((ROOT / "Dockerfile").read_text("utf-8"))


def test_the_image_runs_as_nobody_and_says_how_it_is() -> None:
    """Its last stage has a numeric account that is not root, a health check on our own route, and no shell around the program."""
    last = dockerfile()[max(place for place, (word, _) in enumerate(dockerfile()) if word == "FROM") :]
    found = dict(last)
    assert found["USER"].split(":")[0].isdigit() and int(found["USER"].split(":")[0]) > 1000
    assert "/api/health/ready" in found["HEALTHCHECK"]
    assert yaml.safe_load(found["ENTRYPOINT"]) == ["summit-assistant"] and yaml.safe_load(found["CMD"]) == ["serve"]
    assert [word for word, _ in last].index("USER") > [word for word, _ in last].index("RUN")


def test_the_image_is_built_from_the_tested_versions_and_holds_the_index() -> None:
    """Constraints before the first pip, torch without CUDA or no image, the index built and verified."""
    words = [f"{word} {rest}" for word, rest in dockerfile()]
    whole = "\n".join(words)
    assert "PIP_CONSTRAINT=/src/constraints.txt" in whole
    assert whole.index("COPY constraints.txt") < whole.index("pip install")
    assert "torch.version.cuda and sys.exit" in whole
    assert "summit-assistant index &&" in whole and "index --verify" in whole
    assert not re.search(r"(?i)password|secret|api_key", whole)


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    """Every COPY of the checkout names something that exists and that .dockerignore lets through."""
    rules = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    for word, rest in dockerfile():
        parts = shlex.split(rest)
        if word != "COPY" or parts[0].startswith("--from"):
            continue
        for source in parts[:-1]:
            assert (ROOT / source).exists(), source
            kept = [not rule.startswith("!") for rule in rules if fnmatch(source, rule.removeprefix("!"))]
            assert kept and not kept[-1], f"{source} is ignored"


def test_the_commands_of_the_dockerfile_parse() -> None:
    """Every RUN line is a shell command that a shell can read."""
    for word, rest in dockerfile():
        if word == "RUN":
            run("sh", "-n", "-c", rest)


def services() -> dict[str, dict[str, Any]]:
    """The services of compose.yaml by name."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    return found


def test_compose_refers_to_what_it_defines() -> None:
    """Networks, volumes, files and services that are named exist; images have a version."""
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    for name, service in compose["services"].items():
        assert set(service["networks"]) <= set(compose["networks"]), name
        assert set(service.get("depends_on", ())) <= set(compose["services"]), name
        assert re.fullmatch(r"[\w/-]+:[\w.-]*\d[\w.-]*", service["image"]), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in compose["volumes"]
        for other, condition in (
            dict(service["depends_on"]).items() if isinstance(service.get("depends_on"), dict) else ()
        ):
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][other]


def test_compose_shuts_its_services_in() -> None:
    """Only nginx has a port, on this machine; what can do with less may do less; Chroma's server is the Rust one."""
    for name, service in services().items():
        assert ("ports" in service) == (name == "nginx")
        assert "privileged" not in service and "network_mode" not in service
        if name != "postgres":  # writes its socket and its lock where it is started
            assert service["read_only"] is True, name
        if name not in {"postgres", "nginx"}:  # both begin as root and become another account themselves
            assert service["cap_drop"] == ["ALL"] and "no-new-privileges:true" in service["security_opt"], name
    assert services()["nginx"]["ports"] == ["127.0.0.1:8080:8080"]
    assert services()["chroma"]["command"][0] == "run"
    assert yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["networks"]["inside"]["internal"] is True


def test_compose_keeps_no_secret_and_the_tested_chroma() -> None:
    """The password comes from outside and must be given; client and server of Chroma have one version."""
    text = (ROOT / "compose.yaml").read_text("utf-8")
    assert all(
        "${POSTGRES_PASSWORD:?" in line for line in re.findall(r"^.*PASSWORD[:}].*$|^.*postgresql://.*$", text, re.M)
    )
    pinned = re.search(r"^chromadb==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.M)
    assert pinned and services()["chroma"]["image"] == f"chromadb/chroma:{pinned[1]}"


def test_the_proxy_that_is_believed_is_the_one_in_front() -> None:
    """The network whose addresses may say who a visitor is, is the one that nginx and the application share."""
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    subnet = compose["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert services()["app"]["environment"]["SUMMIT_TRUSTED_PROXIES"] == subnet
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in (DEPLOY / "nginx-proxy.conf").read_text(
        "utf-8"
    )


def test_the_document_names_every_file_and_command() -> None:
    """deploying.md leaves no file out, and each subcommand in it exists."""
    text = (ROOT / "docs" / "deploying.md").read_text("utf-8")
    assert all(f"`deploy/{path.name}`" in text for path in DEPLOY.iterdir())
    from assistant.commands import main

    for command in set(re.findall(r"summit-assistant (backup|restore|index|serve|check)\b", text)):
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
