"""What a deployment is made of: confined, complete, and in step with the code. Linters need a network; this needs none."""

import fnmatch
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from server import FAREWELL_SECONDS
from settings import Settings
from supervisor import MERCY_SECONDS
from tests.house.tree import LAYERS, ROOT, files, name

KUBERNETES = ROOT / "deploy" / "kubernetes"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NAMES = {field.alias for field in Settings.model_fields.values()}
SECRETS = {field.alias for field in Settings.model_fields.values() if "Secret" in str(field.annotation)}
LOCKED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
COMMANDS = ("migrate", "serve", "worker")


def resources() -> Iterator[dict[str, Any]]:
    """All that is to be in a cluster."""
    for path in sorted(KUBERNETES.glob("*.yaml")):
        yield from (found for found in yaml.safe_load_all(path.read_text()) if found["kind"] != "Kustomization")


RESOURCES = list(resources())
DEPLOYMENTS = [found for found in RESOURCES if found["kind"] == "Deployment"]
PODS = {found["metadata"]["name"]: found["spec"]["template"] for found in DEPLOYMENTS}
CONTAINERS = [
    container
    for pod in PODS.values()
    for container in [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]
]
OURS = {service: found for service, found in COMPOSE["services"].items() if service != "database"}


def ids(container: dict[str, Any]) -> str:
    return str(container["name"])


@pytest.mark.parametrize("container", CONTAINERS, ids=ids)
def test_a_container_in_kubernetes_is_confined(container: dict[str, Any]) -> None:
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert container["resources"]["limits"]["memory"]
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}


@pytest.mark.parametrize("pod", PODS.values(), ids=PODS)
def test_a_pod_runs_as_nobody_in_particular(pod: dict[str, Any]) -> None:
    context = pod["spec"]["securityContext"]
    assert (context["runAsNonRoot"], context["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
    assert pod["spec"]["automountServiceAccountToken"] is False
    assert f"USER {context['runAsUser']}:{context['runAsGroup']}" in DOCKERFILE
    assert f"--uid {context['runAsUser']} " in DOCKERFILE


@pytest.mark.parametrize("service", OURS)
def test_a_container_of_compose_is_confined(service: str) -> None:
    found = OURS[service]
    assert (found["read_only"], found["cap_drop"]) == (True, ["ALL"])
    assert found["security_opt"] == ["no-new-privileges:true"]


def test_only_this_machine_reaches_what_compose_starts() -> None:
    ports = {service: found["ports"] for service, found in COMPOSE["services"].items() if "ports" in found}
    assert ports == {"server": ["127.0.0.1:8000:8000"]}


def test_no_secret_is_written_down() -> None:
    assert "Secret" not in {found["kind"] for found in RESOURCES}
    assert {n for found in RESOURCES if found["kind"] == "ConfigMap" for n in found["data"]} & SECRETS == set()
    given = {**COMPOSE["x-candour"]["environment"], **COMPOSE["services"]["database"]["environment"]}
    written = {n: value for n, value in given.items() if n in SECRETS or "PASSWORD" in n}
    assert written
    assert [n for n, value in written.items() if not re.search(r"\$\{\w+:[?-]", value)] == []
    assert "MASTER_KEY" not in DOCKERFILE


def test_what_compose_can_not_do_without_stops_it() -> None:
    needed = {n for n, value in COMPOSE["x-candour"]["environment"].items() if ":?" in value}
    assert needed == {"DATABASE_URL", "CANDOUR_MASTER_KEY", "CANDOUR_URL", "SMTP_URL"}


def test_every_variable_is_a_setting() -> None:
    given = {n for found in OURS.values() for n in found["environment"]}
    given |= {n for found in RESOURCES if found["kind"] == "ConfigMap" for n in found["data"]}
    given |= {entry["name"] for container in CONTAINERS for entry in container.get("env", ())}
    given |= set(re.findall(r"\b((?:CANDOUR_\w+|HOST|PORT))=", DOCKERFILE))
    assert given - NAMES == set()


def test_every_part_runs_a_command_that_there_is() -> None:
    from app import cli

    known = {command.name or command.callback.__name__ for command in cli.registered_commands if command.callback}
    assert {found["command"][0] for found in OURS.values()} == set(COMMANDS)
    assert {container["args"][0] for container in CONTAINERS} == set(COMMANDS)
    assert set(COMMANDS) <= known
    assert 'CMD ["serve"]' in DOCKERFILE


def test_a_pod_has_the_time_that_stopping_takes() -> None:
    (settings,) = (found["data"] for found in RESOURCES if found["kind"] == "ConfigMap")
    takes = int(settings["CANDOUR_DRAIN_SECONDS"]) + FAREWELL_SECONDS + MERCY_SECONDS
    assert PODS["server"]["spec"]["terminationGracePeriodSeconds"] > takes
    assert int(COMPOSE["services"]["server"]["stop_grace_period"].removesuffix("s")) > FAREWELL_SECONDS + MERCY_SECONDS


def test_probes_ask_what_they_should() -> None:
    (server,) = PODS["server"]["spec"]["containers"]
    asked = {probe: server[probe]["httpGet"]["path"] for probe in server if probe.endswith("Probe")}
    assert asked == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}


def test_what_selects_pods_finds_some() -> None:
    labels = [pod["metadata"]["labels"].items() for pod in PODS.values()]
    for found in RESOURCES:
        spec = found.get("spec", {})
        chosen = spec.get("selector") or spec.get("podSelector")
        if chosen:
            wanted = chosen.get("matchLabels", chosen).items()
            assert any(wanted <= label for label in labels), found["metadata"]["name"]


def test_kustomize_takes_everything_there_is() -> None:
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
    assert {*listed["resources"], "kustomization.yaml"} == {path.name for path in KUBERNETES.glob("*.yaml")}
    assert [image["newTag"] for image in listed["images"]] == [VERSION]
    assert {found["image"] for found in OURS.values()} == {f"candour:{VERSION}"}


def test_the_image_holds_all_that_runs_and_nothing_else() -> None:
    copied = [part for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for part in line.split()]
    assert {*LAYERS, "migrations", "*.py", "pyproject.toml", "deploy/requirements.lock"} == set(copied)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied)
    modules = [name(path) for path in files() if path.suffix == ".py" and path.parent == ROOT]
    assert all(any(fnmatch.fnmatch(module, pattern) for pattern in copied) for module in modules)


def locked(path: Path) -> dict[str, str]:
    return dict(LOCKED.findall(path.read_text()))


def test_the_image_has_the_packages_that_were_tested() -> None:
    whole, part = (locked(path) for path in (ROOT / "requirements.lock", ROOT / "deploy" / "requirements.lock"))
    assert part.items() <= whole.items()
    assert {"uvicorn", "opentelemetry-sdk", "prometheus-client"} <= set(part)
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & set(part)


def test_its_lock_holds_hashes_and_no_address() -> None:
    lock = (ROOT / "deploy" / "requirements.lock").read_text()
    assert lock.count("==") <= lock.count("--hash=sha256:")
    assert "://" not in lock
