import sys

from uzviz.cli import main

sys.exit(main())
