"""Pages of records of visit and of school documents."""
