#!/usr/bin/env python
"""The site's command line."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    if sys.argv[1:] in (["serve"], ["serve", "--demo"]):
        from newsroom import start

        start.again()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
