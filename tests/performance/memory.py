"""Run apart, by `printing.peak_memory`: a process that starts, renders one page of HTML and says how large it grew, in KiB."""

import resource
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

    from trust.documents import render_pdf

    render_pdf(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")
