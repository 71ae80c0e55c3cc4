"""Prove that no reader's address can be seen: on a scratch database, thrown away after."""

import logging

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import (
    override_settings,
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

from comments import leaks

# Nothing here may reach the site's own cache, mail or limits; and style sheets need not be collected before.
APART = {
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "leakcheck"}},
    "STORAGES": settings.STORAGES
    | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
    "LIMITS": False,
}


class Command(BaseCommand):
    help = "Plant readers' addresses in a scratch database, visit everything, and fail if one can be seen."

    def handle(self, **options):
        logging.disable(logging.WARNING)  # much of what is visited is meant to be refused
        setup_test_environment(debug=False)
        scratch = setup_databases(verbosity=0, interactive=False)
        try:
            with override_settings(**APART):
                planted = leaks.plant()
                found = leaks.find_leaks(planted)
        finally:
            teardown_databases(scratch, verbosity=0)
            teardown_test_environment()
            logging.disable(logging.NOTSET)
        if found:
            raise CommandError(
                "Readers' addresses, or comments that nobody approved, can be seen:\n" + "\n".join(found)
            )
        self.stdout.write(f"{len(planted.addresses)} planted addresses, none of them seen.")
