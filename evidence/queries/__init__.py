"""What is read of evidence: records of visit, school documents, and what speaks to an indicator."""
