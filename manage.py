#!/usr/bin/env python3
"""Run one management command, with the embedded PostgreSQL held for as long as it lasts."""

import os
import signal
import sys

import localdb


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trust.settings")
    from django.core.management import execute_from_command_line

    # Else a terminated command would not let go of the server.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with localdb.hold():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
