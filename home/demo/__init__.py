"""The demo trust: an invented story, told in TOML and lived through the same actions as a real one."""
