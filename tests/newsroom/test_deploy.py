"""The files of deploy/ for systemd and for containers are well formed; those of servers run in test_fronts.py."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.db import models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader

from tests.site import ROOT

DEPLOY = ROOT / "deploy"
FIRST = {"0001_initial", "0002_initial", "0003_search"}  # those of the first release


def checker(name):
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return found or pytest.skip(f"{name} is not installed")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_systemd_takes_the_units(tmp_path):
    for unit in DEPLOY.glob("newsroom*"):
        text = unit.read_text().replace("/srv/newsroom/current/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text)

    assert run(checker("systemd-analyze"), "verify", "--man=no", *map(str, tmp_path.iterdir())) == (0, "")


def test_the_dockerfile_is_as_its_linter_wants_it():
    assert run(checker("hadolint"), str(DEPLOY / "Dockerfile")) == (0, "")


def compose(name):
    return yaml.safe_load((DEPLOY / name).read_text())


def known_settings():
    return {line.lstrip("#").partition("=")[0] for line in (ROOT / ".env.example").read_text().splitlines()}


def test_compose_decides_what_the_image_is_made_for_and_passes_every_other_setting():
    alone, scaled = compose("compose.yaml"), compose("compose.scale.yaml")
    site = alone["services"]["site"]
    image = re.search(r"^ENV (.+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)[1].split()

    assert site["env_file"] == [{"path": "../.env", "required": False}]
    assert {"NEWSROOM_DATA=/data", "HOST=0.0.0.0", "PORT=8000"} <= set(image)
    assert {
        f"{name}={value}" for name, value in site["environment"].items() if name in ("NEWSROOM_DATA", "HOST", "PORT")
    } <= set(image)
    assert site["environment"].keys() >= {"NEWSROOM_DATA", "HOST", "PORT", "SITE_URL", "PROXY_HOPS"}
    assert scaled["services"]["site"]["environment"].keys() == {"DATABASE_URL", "REDIS_URL"}
    assert site["environment"].keys() | scaled["services"]["site"]["environment"].keys() <= known_settings()


def test_compose_asks_for_what_it_cannot_know_and_knows_nothing_secret():
    asked = re.compile(r"\$\{(\w+):\?[^}]+\}")
    alone, scaled = ((DEPLOY / name).read_text() for name in ("compose.yaml", "compose.scale.yaml"))

    assert set(asked.findall(alone)) == {"NAME"}, "else whoever wants no PostgreSQL must name its password"
    assert set(asked.findall(scaled)) == {"POSTGRES_PASSWORD"}
    assert set(re.findall(r"\$\{(\w+)", alone + scaled)) == {"NAME", "POSTGRES_PASSWORD"}
    assert ":-" not in alone + scaled, "an empty value is no value"


def test_what_containers_write_is_kept_under_a_name_that_no_folder_decides():
    found = [compose(name) for name in ("compose.yaml", "compose.scale.yaml")]
    services = [service for file in found for service in file["services"].values()]
    mounted = {volume.partition(":")[0] for service in services for volume in service.get("volumes", [])}

    assert [file.get("name") for file in found] == ["newsroom", None]
    assert found[0]["services"]["site"]["volumes"] == ["site:/data"]
    assert mounted == {name for file in found for name in file["volumes"]}


def test_the_image_can_back_up_the_database_that_compose_starts():
    """pg_dump refuses a server newer than itself."""
    client = re.search(r"postgresql-client-(\d+)", (DEPLOY / "Dockerfile").read_text())[1]

    assert compose("compose.scale.yaml")["services"]["postgres"]["image"] == f"postgres:{client}"


def test_no_secret_gets_into_an_image():
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert {"var", "**/.env", ".git"} <= set(ignored)


def breaks_the_old_version(operation):
    """Tell whether the version before, which still serves while tables change, would fail after an operation."""
    if isinstance(operation, operations.AddField):
        field = operation.field
        return not (field.many_to_many or field.null or field.db_default is not models.NOT_PROVIDED)
    return isinstance(
        operation,
        operations.RemoveField | operations.RenameField | operations.DeleteModel | operations.RenameModel
        | operations.AlterModelTable,
    )  # fmt: skip


def test_the_version_before_goes_on_with_the_tables_of_this_one():
    """What is no longer used leaves a release later: mark its migration with `previous_version_is_done_with_it = True`."""
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    found = [
        f"{label}.{name}: {operation.describe()}"
        for (label, name), migration in migrations.items()
        if label in ours and name not in FIRST and not hasattr(migration, "previous_version_is_done_with_it")
        for operation in migration.operations
        if breaks_the_old_version(operation)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("operation", "breaks"),
    [
        (operations.AddField("article", "x", models.CharField(max_length=9)), True),
        (operations.AddField("article", "x", models.CharField(max_length=9, default="")), True),
        (operations.AddField("article", "x", models.CharField(max_length=9, db_default="")), False),
        (operations.AddField("article", "x", models.IntegerField(null=True)), False),
        (operations.RemoveField("article", "title"), True),
        (operations.RenameField("article", "title", "name"), True),
        (operations.DeleteModel("article"), True),
        (operations.CreateModel("x", []), False),
    ],
)
def test_what_would_break_it_is_known(operation, breaks):
    assert breaks_the_old_version(operation) == breaks
