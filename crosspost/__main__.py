"""`python -m crosspost` is the same program as `crosspost`."""

import sys

from crosspost.cli import main

if __name__ == "__main__":
    sys.exit(main())
