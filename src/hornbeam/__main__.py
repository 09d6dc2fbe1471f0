"""`python -m hornbeam` is the `hornbeam` command."""

from hornbeam.cli.main import main

if __name__ == "__main__":
    main()
