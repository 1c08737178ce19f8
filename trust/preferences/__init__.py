"""What the trust may set, on one page: each room names its own settings as data."""
