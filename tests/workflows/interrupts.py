"""Interrupts a running job, as a person at the terminal does."""

from __future__ import annotations

import threading
from typing import NoReturn

import pytest

from local.embedded.aws import EmbeddedAws
from local.embedded.engine import Step


def interrupt_at(state: str, aws: EmbeddedAws, job: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a job and interrupt it when it enters a state; fail unless the interrupt comes out."""
    reached = threading.Event()

    def watch(step: Step) -> None:
        if step.state == state:
            reached.set()

    def interrupt(arn: str) -> NoReturn:
        reached.wait(30)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(aws, "_wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        aws.run(job, {}, watch)
