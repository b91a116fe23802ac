"""s3geo."""
