"""What a running benchmark says: blocks, progress, previews, at most 20 lines a second."""

import time
from typing import Any, Dict, List, Optional

from ..channel import Channel
from .picture import small_png

_SHORTEST_S = 0.055
_PREVIEW_EVERY_S = 1.0
_GATE_PATIENCE_S = 3600.0


class Stopped(Exception):  # noqa: N818  a request, not a fault
    """Somebody asked to stop."""


class Reporter:
    """One per job. ``base_s`` is the monotonic second that the session counts from."""

    def __init__(self, channel: Channel, params: Dict[str, Any]) -> None:
        self.channel = channel
        base = params.get("base_monotonic")
        self.base_s = time.monotonic() if base is None else float(base)
        self._is_gated = bool(params.get("gated"))
        self._last_progress_s = 0.0
        self._last_preview_s = 0.0
        self._last_block_s = 0.0
        self._held_blocks: List[Dict[str, Any]] = []

    def now_s(self) -> float:
        """Return the session's time."""
        return time.monotonic() - self.base_s

    def stop_if_asked(self) -> None:
        """Raise when somebody asked to stop."""
        if self.channel.is_cancelled():
            raise Stopped

    def progress(self, step: str, fraction: float, **values: Any) -> None:
        """Say where the job is; swallowed when the last word was just said."""
        self.stop_if_asked()
        now = time.monotonic()
        if now - self._last_progress_s < 2 * _SHORTEST_S and fraction < 1.0:
            return
        self._last_progress_s = now
        self.channel.send("progress", step=step, fraction=round(fraction, 4), **values)

    def block(self, **fields: Any) -> None:
        """Send one timed block; several fast ones travel together in one line."""
        self.stop_if_asked()
        self._held_blocks.append(fields)
        if time.monotonic() - self._last_block_s >= 2 * _SHORTEST_S:
            self.flush()

    def flush(self) -> None:
        """Send the blocks that are still held."""
        if self._held_blocks:
            self.channel.send("blocks", blocks=self._held_blocks)
            self._held_blocks = []
            self._last_block_s = time.monotonic()

    def preview(self, frame: Any, number: int) -> None:
        """Show a frame at most once a second; costs some milliseconds, so never inside a timed stretch."""
        now = time.monotonic()
        if now - self._last_preview_s >= _PREVIEW_EVERY_S:
            self._last_preview_s = now
            self.channel.send("preview", png_base64=small_png(frame), frame=number)

    def say(self, message_type: str, **fields: Any) -> None:
        """Send a message that is not timed."""
        self.flush()
        self.channel.send(message_type, **fields)

    def gate(self, phase: str) -> Optional[Dict[str, Any]]:
        """Say that the phase could start and wait until the session opens it; never both sides measure at once."""
        if not self._is_gated:
            return {}
        self.say("ready", phase=phase, at_s=round(self.now_s(), 4))
        note = self.channel.wait_for("go", _GATE_PATIENCE_S)
        if note is None:
            raise Stopped
        return note
