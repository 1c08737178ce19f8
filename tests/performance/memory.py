"""Run apart, by `printing.peak_memory`: a process that starts, renders one page of HTML and says how large it grew, in KiB."""

import re
import resource
import sys
from pathlib import Path

import django


def peak() -> int:
    """KiB at most since this program began; what is counted for the whole process begins with its parent's size."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    django.setup()

    from trust.documents import render_pdf

    render_pdf(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(f"{peak()}\n")
