#!/usr/bin/env python3
"""A database as Django makes it: by its own migrations, with its own writes. Needs `pip install 'django==5.2.*'`.

    make.py dump > database.sql     what the tests load: the rows of ../bookstore and ../lab, and those of kinds.py
    make.py check FILE              reads a file that this crate has written to, with Django
"""

import json
import re
import shutil
import sqlite3
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = json.loads((HERE.parent / "schema.json").read_text())
APPS = ("bookstore", "lab", "kinds")
MODELS = "import sys\nsys.modules['__main__'].declare({app!r}, globals())\n"


def field(table, column):
    """A field of a model, from what schema.json says of its column."""
    from django.db import models

    options = {"null": column["null"]}
    for name in ("unique", "max_length", "default"):
        if name in column:
            options[name] = column[name]
    if "references" in column:
        to = next(other["model"] for other in TABLES if other["table"] == column["references"])
        to = "self" if to == table["model"] else to
        one = options.pop("unique", False) and column.get("one_to_one")
        kind = models.OneToOneField if one else models.ForeignKey
        return kind(to, getattr(models, column["on_delete"]), related_name=column["related_name"], **options)
    if "digits" in column:
        options["max_digits"], options["decimal_places"] = column["digits"]
    kinds = {
        "text": models.CharField, "integer": models.IntegerField, "bigint": models.BigIntegerField,
        "float": models.FloatField, "decimal": models.DecimalField, "boolean": models.BooleanField,
        "date": models.DateField, "time": models.TimeField, "datetime": models.DateTimeField,
        "duration": models.DurationField, "uuid": models.UUIDField, "json": models.JSONField,
    }
    return kinds[column["type"]](**options)


def declare(app, module):
    """Makes the models of an app out of schema.json."""
    from django.db import models

    for table in TABLES:
        if not (table["model"] or "").startswith(app + "."):
            continue
        members = {"__module__": module["__name__"]}
        for column in table["columns"]:
            if not column.get("primary_key"):
                members[column.get("field", column["name"])] = field(table, column)
        for many in table.get("many_to_many", []):
            through = next(other["model"] for other in TABLES if other["table"] == many["through"])
            options = {"through": through, "through_fields": ("team", "person")} if through else {}
            to = "self" if many["to"] == table["model"] else many["to"]
            if many["related_name"]:
                options["related_name"] = many["related_name"]
            members[many["field"]] = models.ManyToManyField(to, **options)
        unique = [tuple(fields) for fields in table.get("unique_together", [])]
        members["Meta"] = type("Meta", (), {"unique_together": unique, "app_label": app})
        name = table["model"].split(".")[1]
        module[name] = type(name, (models.Model,), members)


def start(directory, file):
    """Starts Django with the apps in a directory and a database file."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    for app in APPS:
        (directory / app).mkdir()
        (directory / app / "__init__.py").touch()
        (directory / app / "models.py").write_text(MODELS.format(app=app))
    shutil.copy(HERE / "kinds.py", directory / "kinds" / "models.py")
    sys.path.insert(0, str(directory))
    settings.configure(
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)},
            "own": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(directory / "own.db")},
        },
        INSTALLED_APPS=APPS, USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    call_command("makemigrations", *APPS, verbosity=0)
    return call_command


def rows(table):
    """The rows of a table, as Python's values."""
    from django.db import models
    from django.utils.dateparse import parse_datetime

    app = table["table"].split("_")[0]
    for line in (HERE.parent / app / f"{table['table']}.jsonl").read_text().splitlines():
        row = json.loads(line)
        for column in table["columns"]:
            name, value = column["name"], row[column["name"]]
            if value is None:
                continue
            if column["type"] == "duration":
                row[name] = timedelta(microseconds=value)
            elif column["type"] == "datetime":
                row[name] = parse_datetime(value)
            elif column["type"] == "json":
                # None itself would be NULL.
                row[name] = models.Value(None, models.JSONField()) if value == "null" else json.loads(value)
        yield row


def model_of(table):
    from django.apps import apps

    return next(m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table["table"])


def dump(directory):
    file = directory / "django.db"
    migrate = start(directory, file)
    migrate("migrate", verbosity=0)
    from django.db import transaction

    with transaction.atomic():
        for table in TABLES:
            for row in rows(table):
                model_of(table)(**row).save(force_insert=True)
        import kinds.models

        kinds.models.fill()
    import django

    print(f"-- Made by Django {django.get_version()}: see make.py.")
    # Rows come before the tables that they refer to.
    print("PRAGMA foreign_keys = OFF;")
    for line in sqlite3.connect(file).iterdump():
        # When a migration ran is nobody's business.
        if "django_migrations" not in line:
            print(line)
    print("PRAGMA foreign_keys = ON;")


def check(directory, file):
    """Compares what Django reads from a file, and finds there, with what it reads from its own."""
    copy = directory / "django.db"
    shutil.copy(file, copy)
    start(directory, copy)
    from django.apps import apps
    from django.db import connections, models

    own = sqlite3.connect(directory / "own.db")
    own.executescript((HERE / "database.sql").read_text())
    own.close()
    differences = rows = found = 0
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in APPS:
            continue
        ours, theirs = (list(model.objects.using(db).order_by("pk").values()) for db in ("default", "own"))
        rows += len(ours)
        if ours != theirs:
            differences += 1
            print(model._meta.label, "differs:", ours, theirs, sep="\n")
        # Each row is found by each of its values: Django compares what is stored with what it would store.
        for row in ours:
            for field in model._meta.concrete_fields:
                value = row[field.attname]
                if value is None or isinstance(field, models.GeneratedField):
                    continue
                found += 1
                if not model.objects.filter(**{"pk": row[model._meta.pk.attname], field.attname: value}).exists():
                    differences += 1
                    print(model._meta.label, row[model._meta.pk.attname], "is not found by its", field.name)
    broken = connections["default"].cursor().execute("PRAGMA foreign_key_check").fetchall()
    print(f"{rows} rows read, {found} values found, {len(broken)} broken keys, {differences} differences")
    sys.exit(bool(differences or broken))


def main():
    if sys.argv[1:] not in (["dump"],) and not (len(sys.argv) == 3 and sys.argv[1] == "check"):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as directory:
        if sys.argv[1] == "dump":
            dump(Path(directory))
        else:
            check(Path(directory), Path(sys.argv[2]).resolve())


if __name__ == "__main__":
    main()
