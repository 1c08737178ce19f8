"""The benchmark: `python3 run.py bench [--quick]`. Ratios taken inside one run, never seconds."""
