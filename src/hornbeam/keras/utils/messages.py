"""What Keras tells while it works: on the standard output, or with `disable_interactive_logging()` in the log."""

from __future__ import annotations

import logging
import sys

from hornbeam.keras.config.settings import is_interactive_logging_enabled

_LOG = logging.getLogger("absl")  # the logger that Keras's programs set the level of


def tell(text: str, line_break: bool = True) -> None:
    """Write a message to the standard output; characters that it cannot show are replaced."""
    if not is_interactive_logging_enabled():
        _LOG.info(text)
        return
    text = f"{text}\n" if line_break else text
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, errors="replace").decode(encoding))
    sys.stdout.flush()
