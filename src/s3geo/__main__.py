"""``python -m s3geo`` is ``s3geo``."""

from s3geo.cli.main import main

if __name__ == "__main__":
    main()
