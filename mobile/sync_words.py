"""How the phone stands with the server, in a few words and a sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobile.words import words

if TYPE_CHECKING:
    from mobile.store.outbox import OutboxState
    from mobile.syncing.result import Progress


def line(progress: Progress | None, state: OutboxState) -> str:
    """The sync under way, else what was refused, what is unsent, or what the last receipt proves."""
    if progress is not None and progress.stage != "done":
        return progress_line(progress)
    if state.refused:
        return words.t("sync.refused", count=words.number(state.refused))
    if state.unsent:
        return words.t("sync.unsent", count=words.number(state.unsent))
    if not state.last_sync_at:
        return words.t("sync.never")
    when = words.moment(state.last_sync_at)
    if state.total and state.complete:
        counted = {"received": words.number(state.receipt_count), "total": words.number(state.total)}
        return words.t("sync.received", when=when, **counted)
    return words.t("sync.at", when=when)


def mark(progress: Progress | None, state: OutboxState) -> str:
    """The icon that goes with the line."""
    if progress is not None and progress.stage != "done":
        return "cloud-sync-outline"
    if state.refused:
        return "cloud-alert"
    if state.unsent:
        return "cloud-upload-outline"
    return "cloud-check-outline" if state.complete and state.last_sync_at else "cloud-outline"


def progress_line(progress: Progress) -> str:
    """Where a sync stands, in words."""
    if not progress.done:
        return words.t("sync.connecting")
    done = words.number(progress.done)
    if progress.total:
        return words.t(f"sync.{progress.stage}_of", done=done, total=words.number(progress.total))
    return words.t(f"sync.{progress.stage}", done=done)
