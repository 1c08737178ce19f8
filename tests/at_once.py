"""Clicks of several people at one moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from trust.people.models import User

Click = Callable[[], HttpResponse]


def answers_at_once(*clicks: Click) -> list[HttpResponse]:
    """What each click was answered, all begun at one moment, in the order of the clicks."""
    gate = threading.Barrier(len(clicks), timeout=10)
    answers: dict[int, HttpResponse] = {}

    def click(number: int, one: Click) -> None:
        try:
            gate.wait()
            answers[number] = one()
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=each) for each in enumerate(clicks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(answers) == len(clicks)
    return [answers[number] for number in range(len(clicks))]


def at_once(*clicks: Click) -> list[int]:
    """The status of each click, sorted."""
    return sorted(answer.status_code for answer in answers_at_once(*clicks))


def while_unfinished(act: Callable[[], object], click: Click) -> HttpResponse:
    """What a click is answered that comes while another act is done and not yet final."""
    answers: list[HttpResponse] = []

    def late() -> None:
        try:
            answers.append(click())
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    with transaction.atomic():
        act()
        thread.start()
        thread.join(timeout=0.4)  # it waits for the lock, or goes on without one
    thread.join(timeout=30)
    return answers[0]


def posting(user: User, url: str, data: dict[str, Any]) -> Click:
    """A form that this person sends; an error of the house is a 500, as in life."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return lambda: client.post(url, data)
