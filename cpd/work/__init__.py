"""What waits for whom in training, one file a part."""
