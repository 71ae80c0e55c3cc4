"""The files of deploy/ for systemd and for containers are well formed; those of servers run in test_fronts.py."""

import math
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


WIDER = [
    ["SlugField", "CharField", "TextField"],
    ["SmallIntegerField", "IntegerField", "BigIntegerField"],
    ["PositiveSmallIntegerField", "PositiveIntegerField", "PositiveBigIntegerField"],
]


def has_default(field):
    return field.db_default is not models.NOT_PROVIDED


def takes_less(old, new):
    """Tell whether a column that changes so would refuse what it took, or is no longer where it was."""
    kinds = old.get_internal_type(), new.get_internal_type()
    widths = [getattr(field, "max_length", None) or math.inf for field in (old, new)]
    numbers = [(getattr(field, "max_digits", None), getattr(field, "decimal_places", None)) for field in (old, new)]
    return (
        (kinds[0] != kinds[1] and not any(kinds[0] in row and kinds[1] in row[row.index(kinds[0]) :] for row in WIDER))
        or widths[0] > widths[1]
        or numbers[0] != numbers[1]
        or (old.null and not new.null)
        or (new.unique and not old.unique)
        or (has_default(old) and not has_default(new))
        or old.db_column != new.db_column
    )


def lacks_a_value(field):
    """Tell whether a new column refuses the rows of a version that does not know it."""
    return not (field.many_to_many or field.generated or field.null or (has_default(field) and not field.unique))


def may_be_violated(constraint, unknown):
    """Tell whether the version before may violate a constraint: not where it leaves one of the columns empty.

    Nor one on new columns alone, of which it writes none: of those, the rows that are there have the values that it leaves.
    """
    if isinstance(constraint, models.CheckConstraint):
        names = constraint.condition.referenced_base_fields
        if names <= unknown.keys():
            return False
    else:
        names = {*constraint.fields} if getattr(constraint, "nulls_distinct", None) is not False else set()
    return not any(unknown[name].null for name in names if name in unknown)


def breaks_the_old_version(operation, old, new):
    """Tell whether the version before, which still serves while tables change, would fail after an operation.

    `old` and `new` are the fields of each model before and after its migration. SQL is not understood, so it might. What is
    not seen: what RunPython does to rows; a row that cannot be deleted because a new table refers to it.
    """
    if isinstance(operation, operations.SeparateDatabaseAndState):
        return any(breaks_the_old_version(each, old, new) for each in operation.database_operations)
    if isinstance(operation, operations.RunSQL | operations.DeleteModel | operations.RenameModel):
        return True
    model = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
    if model not in old:
        return False
    known, name = old[model], getattr(operation, "name", None)
    match operation:
        case operations.AddField():
            return lacks_a_value(operation.field)
        case operations.AlterField():
            return name in known and takes_less(known[name], operation.field)
        case operations.AddConstraint():
            unknown = {name: field for name, field in new[model].items() if name not in known}
            return may_be_violated(operation.constraint, unknown)
        case operations.AlterUniqueTogether():
            return bool(operation.option_value)
        case operations.AlterOrderWithRespectTo():
            return operation.order_with_respect_to is not None
    return isinstance(operation, operations.RemoveField | operations.RenameField | operations.AlterModelTable)


def fields(loader, label, name, at_end):
    state = loader.project_state((label, name), at_end=at_end)
    return {model: found.fields for (app, model), found in state.models.items() if app == label}


def test_the_version_before_goes_on_with_the_tables_of_this_one():
    """What it no longer writes or reads may change: mark that migration with `previous_version_is_done_with_it = True`."""
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = [
        f"{label}.{name}: {operation.describe()}"
        for (label, name), migration in loader.disk_migrations.items()
        if label in ours and name not in FIRST and not hasattr(migration, "previous_version_is_done_with_it")
        for old, new in [[fields(loader, label, name, at_end) for at_end in (False, True)]]
        for operation in migration.operations
        if breaks_the_old_version(operation, old, new)
    ]

    assert found == []


KNOWN = {
    "title": models.CharField(max_length=9),
    "note": models.CharField(max_length=9, null=True),
    "count": models.IntegerField(db_default=0),
    "price": models.DecimalField(max_digits=5, decimal_places=2),
}
UNKNOWN = {"x": models.IntegerField(null=True), "y": models.IntegerField(db_default=0)}


def alter(name, field):
    return operations.AlterField("article", name, field)


def check(**condition):
    return operations.AddConstraint("article", models.CheckConstraint(condition=models.Q(**condition), name="c"))


def unique(*names, **options):
    return operations.AddConstraint("article", models.UniqueConstraint(fields=names, name="u", **options))


@pytest.mark.parametrize(
    ("operation", "breaks"),
    [
        (operations.AddField("article", "x", models.CharField(max_length=9)), True),
        (operations.AddField("article", "x", models.CharField(max_length=9, default="")), True),
        (operations.AddField("article", "x", models.CharField(max_length=9, db_default="")), False),
        (operations.AddField("article", "x", models.CharField(max_length=9, db_default="", unique=True)), True),
        (operations.AddField("article", "x", models.IntegerField(null=True)), False),
        (operations.AddField("article", "x", models.IntegerField(null=True, unique=True)), False),
        (operations.AddField("article", "x", models.ManyToManyField("article")), False),
        (operations.AddField("new", "x", models.CharField(max_length=9)), False),
        (operations.RemoveField("article", "title"), True),
        (operations.RenameField("article", "title", "name"), True),
        (operations.DeleteModel("article"), True),
        (operations.RenameModel("article", "text"), True),
        (operations.AlterModelTable("article", "text"), True),
        (operations.CreateModel("x", []), False),
        (alter("title", models.CharField(max_length=9, choices=[("a", "b")])), False),
        (alter("title", models.CharField(max_length=8)), True),
        (alter("title", models.CharField(max_length=10)), False),
        (alter("title", models.TextField()), False),
        (alter("title", models.IntegerField()), True),
        (alter("title", models.CharField(max_length=9, unique=True)), True),
        (alter("title", models.CharField(max_length=9, null=True)), False),
        (alter("title", models.CharField(max_length=9, db_column="name")), True),
        (alter("note", models.CharField(max_length=9, db_default="")), True),
        (alter("count", models.BigIntegerField(db_default=0)), False),
        (alter("count", models.SmallIntegerField(db_default=0)), True),
        (alter("count", models.IntegerField()), True),
        (alter("price", models.DecimalField(max_digits=4, decimal_places=2)), True),
        (alter("x", models.IntegerField()), False),
        (check(title__gt=""), True),
        (check(title__gt="", x__gt=0), False),
        (check(title__gt="", y__gt=0), True),
        (check(y__gte=0), False),
        (unique("title"), True),
        (unique("title", condition=models.Q(x=None)), True),
        (unique("title", "x"), False),
        (unique("title", "x", nulls_distinct=False), True),
        (unique("title", "y"), True),
        (unique("y"), True),
        (operations.AlterUniqueTogether("article", {("title", "count")}), True),
        (operations.AlterUniqueTogether("article", set()), False),
        (operations.AlterOrderWithRespectTo("article", "title"), True),
        (operations.AddIndex("article", models.Index(fields=["title"], name="i")), False),
        (operations.RunSQL("SELECT 1"), True),
        (operations.RunPython(print), False),
        (operations.SeparateDatabaseAndState([operations.RemoveField("article", "title")]), True),
        (operations.SeparateDatabaseAndState([], [operations.RemoveField("article", "title")]), False),
    ],
)
def test_what_would_break_it_is_known(operation, breaks):
    assert breaks_the_old_version(operation, {"article": KNOWN}, {"article": KNOWN | UNKNOWN, "new": {}}) == breaks
