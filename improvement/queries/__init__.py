"""What pages read of priorities."""
