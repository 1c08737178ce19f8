"""Third-party and document files by name: read by the static files finder and by the PDF fetcher.

The files stay where their packages put them: no third-party code is copied into the repository.
Packages are found by their specification and never imported, because this module is read at every start.
"""

import builtins
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

_PROJECT = Path(__file__).resolve().parent.parent


def _package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise LookupError(f"The package {name} is not installed")
    return Path(spec.origin).parent


# bootstrap-wrapper installs its files in a folder "bootstrap" beside its own package
_BOOTSTRAP = _package("bootstrap_wrapper").parent / "bootstrap"

STATIC: dict[str, Path] = {
    "vendor/bootstrap.min.css": _BOOTSTRAP / "css/bootstrap.min.css",
    "vendor/bootstrap.min.css.map": _BOOTSTRAP / "css/bootstrap.min.css.map",
    "vendor/htmx.min.js": _package("django_htmx") / "static/django_htmx/htmx-2.min.js",
}

ASSETS: dict[str, Path] = {
    "print.css": _PROJECT / "static/css/print.css",
}

# Variable fonts: print cuts its faces from them (trust/faces.py).
FONTS: dict[str, Path] = {
    "figtree": _package("fontpkg_figtree") / "files/Figtree[wght].ttf",
    "newsreader": _package("fontpkg_newsreader") / "files/Newsreader[opsz,wght].ttf",
}


class _NamedFiles(FileSystemStorage):
    """A read-only storage of exactly the files in STATIC."""

    def path(self, name: str) -> str:
        return str(STATIC[name])


class AssetFinder(BaseFinder):
    """Finds Bootstrap's styles and htmx: the whole packages would take half a minute to collect."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = _NamedFiles()

    def check(self, **kwargs: Any) -> builtins.list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file's path; a list when all are asked for or none is there (never None)."""
        found = STATIC.get(path)
        if found is None:
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every file, whatever is ignored: a stylesheet without its map breaks the manifest."""
        for name in STATIC:
            yield name, self.storage
