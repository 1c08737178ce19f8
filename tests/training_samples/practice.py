"""What the access matrix asks for at the addresses of this part: practice."""
