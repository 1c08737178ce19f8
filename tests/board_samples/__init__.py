"""Samples for the addresses of boards in depth, a file for each part; importing this registers them all."""

from importlib import import_module
from pkgutil import iter_modules

for _part in iter_modules(__path__):
    import_module(f"{__name__}.{_part.name}")
