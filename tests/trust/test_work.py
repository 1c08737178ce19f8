"""Background work: found by state, done once, never lost; and mail, which is such work."""

import pytest
from django.core import mail
from django.db import transaction

from trust import work
from trust.mail import queue_mail
from trust.models import Mail, TrustProfile
from trust.work import Due, WorkItem, run_due_work, work_for


@pytest.fixture
def trust(db):
    return TrustProfile.objects.update_or_create(pk=1, defaults={"name": "A trust"})[0]


def write(key="k1", to="head@example.org"):
    return queue_mail(
        key,
        to=to,
        template="test_note",
        context={"what": "An agenda waits for you"},
    )


@pytest.fixture(autouse=True)
def note_template(monkeypatch):
    from trust import mail as mail_module

    def render(name, context):
        return (
            f"{context['what']}\n\nSee {context['site_url']}"
            if name.endswith(".txt")
            else "<p>x</p>"
        )

    monkeypatch.setattr(mail_module, "render_to_string", render)


def test_mail_is_a_row_first_and_is_sent_once(trust):
    write()
    assert mail.outbox == []
    run_due_work()
    run_due_work()
    assert [m.subject for m in mail.outbox] == ["An agenda waits for you"]
    assert mail.outbox[0].alternatives[0][1] == "text/html"
    assert Mail.objects.get().state == "done"


def test_mail_with_the_same_key_is_written_once(trust):
    assert write().pk == write().pk


def test_mail_to_somebody_without_an_address_is_not_written(trust):
    assert write(to="") is None
    assert not Mail.objects.exists()


def test_mail_that_cannot_be_sent_stays_with_its_error(trust, settings):
    settings.EMAIL_BACKEND = "nowhere.to.be.Found"
    write()
    run_due_work()
    row = Mail.objects.get()
    assert (row.state, row.attempts) == ("pending", 1)
    assert "nowhere" in row.error


def test_work_that_raises_does_not_stop_the_work_after_it(monkeypatch):
    done = []

    def fails(pk):
        raise ValueError("one bad row")

    kinds = {
        "bad": Due("bad", lambda: [1], fails),
        "good": Due("good", lambda: [2], done.append),
    }
    monkeypatch.setattr(work, "_due", kinds)
    assert run_due_work() == 2
    assert done == [2]


@pytest.mark.django_db(transaction=True)
def test_ring_without_a_broker_is_heard_by_who_listens():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {work.CHANNEL}")
    raw = connection.connection
    with transaction.atomic():
        work.ring("document", 7)
        raw.poll()
        assert raw.notifies == []
    raw.poll()
    assert [notice.payload for notice in raw.notifies] == ["document:7"]


@pytest.mark.django_db(transaction=True)
def test_ring_with_a_broker_that_is_down_loses_nothing(settings, monkeypatch):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    def refused(*args, **kwargs):
        raise ConnectionError("the broker is down")

    monkeypatch.setattr(work.current_app, "send_task", refused)
    TrustProfile.objects.update_or_create(pk=1, defaults={"name": "A trust"})
    write()
    assert Mail.objects.get().state == "pending"


def test_work_is_listed_late_first_then_soonest(monkeypatch):
    import datetime as dt

    def item(key, due=None, late=False):
        return WorkItem(key, key, "", "/", "Open", due=due, is_late=late)

    listed = [
        item("undated"),
        item("soon", dt.date(2026, 12, 1)),
        item("late", dt.date(2026, 12, 5), True),
    ]
    monkeypatch.setattr(work, "_work_for", [lambda user, today: listed])
    assert [i.key for i in work_for(None, dt.date(2026, 11, 21))] == ["late", "soon", "undated"]
