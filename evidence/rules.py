"""Who may write a record of visit, send it, open it; and who may add a school document or mark it."""

from __future__ import annotations

from typing import Protocol

from trust.access import (
    Actor,
    Answer,
    Capacity,
    Denied,
    Holding,
    allowed_if,
    first_denied,
    rule,
)


class KindLike(Protocol):
    """What the rules read of a kind of visit."""

    slug: str
    is_external: bool


class VisitLike(Protocol):
    """What the rules read of a record of visit, written or about to be."""

    school_id: int | None
    kind: KindLike
    state: str
    reply: str
    visitor_id: int | None
    created_by_id: int | None
    is_restricted: bool


class DocumentLike(Protocol):
    """What the rules read of a school document."""

    school_id: int
    added_by_id: int
    replaced_by_id: int | None


class PassageLike(Protocol):
    """What the rules read of a marked passage."""

    document: DocumentLike


TRUST_WRITERS = (Capacity.CEO, Capacity.DSI)
READERS = (*TRUST_WRITERS, Capacity.CEO_REPRESENTATIVE)

DOCUMENT_READERS = frozenset(
    {
        *READERS,
        Capacity.HEAD,
        Capacity.LEADER,
        Capacity.LINK_TRUSTEE,
        Capacity.CLERK,
        Capacity.CFO,
        Capacity.SAFEGUARDING_LEAD,
    }
)

# "Governors and trustees visit as lay people, not inspectors": one kind each, never another's form.
OWN_KINDS: dict[Capacity, frozenset[str]] = {
    Capacity.LINK_TRUSTEE: frozenset({"link-trustee-visit"}),
    Capacity.LOCAL_COMMITTEE: frozenset({"local-committee-visit"}),
    Capacity.SAFEGUARDING_LEAD: frozenset({"safeguarding-review"}),
}


def writing(user: Actor, school_id: int | None, kind: KindLike | None) -> Holding | None:
    """The post in which this person records a visit of that kind there (kind None: of any kind)."""
    posts = user.posts
    held = posts.holding(*READERS, school=school_id)
    if held is not None:
        return held
    for capacity, slugs in OWN_KINDS.items():
        held = posts.holding(capacity, school=school_id)
        if held is not None and (kind is None or kind.slug in slugs):
            return held
    held = posts.holding(Capacity.PROVIDER, school=school_id)
    return held if held is not None and (kind is None or kind.is_external) else None


def _is_own(user: Actor, visit: VisitLike) -> bool:
    return visit.created_by_id == user.pk or (
        visit.visitor_id is not None and visit.visitor_id == user.person_id
    )


@rule("evidence.start")
def may_start(user: Actor, trust: object = None) -> Answer:
    """Whoever visits schools may open the page for a new record."""
    writers = (*READERS, *OWN_KINDS, Capacity.PROVIDER)
    return allowed_if(
        user.posts.holds(*writers), "Whoever visits schools for the trust records visits"
    )


@rule("evidence.draft")
def may_draft(user: Actor, visit: VisitLike) -> Answer:
    """CEO and DSI record any visit; trustees, committee members, providers and the safeguarding lead their own kind."""
    return allowed_if(
        writing(user, visit.school_id, visit.kind), "You cannot record this kind of visit there"
    )


@rule("evidence.edit")
def may_edit(user: Actor, visit: VisitLike) -> Answer:
    """A draft is its visitor's to write, and the CEO's and DSI's."""
    posts = user.posts
    return first_denied(
        (
            allowed_if(
                visit.state == "draft", "The school has this record: its words stay as they are"
            ),
            allowed_if(writing(user, visit.school_id, visit.kind), "You no longer visit there"),
            allowed_if(
                _is_own(user, visit)
                or posts.holds(*READERS, school=visit.school_id)
                or (
                    visit.kind.slug == "safeguarding-review"
                    and posts.holds(Capacity.SAFEGUARDING_LEAD)
                ),
                "Only the visitor can write in this record",
            ),
        )
    )


@rule("evidence.send")
def may_send(user: Actor, visit: VisitLike) -> Answer:
    """Whoever may write in the draft may send it to the school."""
    return may_edit(user, visit)


@rule("evidence.reply")
def may_reply(user: Actor, visit: VisitLike) -> Answer:
    """The school answers once, as long as the record is not filed."""
    return first_denied(
        (
            allowed_if(
                user.posts.holds(Capacity.HEAD, school=visit.school_id),
                "The headteacher answers for the school",
            ),
            allowed_if(visit.state == "sent", "This record is filed: the time for a reply is over"),
        )
    )


@rule("evidence.open")
def may_open(user: Actor, visit: VisitLike) -> Answer:
    """The headteacher opens a record the school has to the school's leaders, or closes it again."""
    return first_denied(
        (
            allowed_if(
                user.posts.holds(Capacity.HEAD, school=visit.school_id),
                "The headteacher opens records to the school's leaders",
            ),
            allowed_if(visit.state != "draft", "This record has not been sent to the school"),
            allowed_if(not visit.is_restricted, "A restricted record is not opened to leaders"),
        )
    )


@rule("evidence.read_documents")
def may_read_documents(user: Actor, school: object = None) -> Answer:
    """Schools, their Link Trustees and the trust's office read school documents."""
    return allowed_if(
        user.posts.holds(*DOCUMENT_READERS), "School documents are not open to your role"
    )


@rule("evidence.add_document")
def may_add_document(user: Actor, school_id: int | None) -> Answer:
    """The school's documents are the school's to add."""
    return allowed_if(
        user.posts.holds(Capacity.HEAD, Capacity.LEADER, school=school_id)
        if school_id is not None
        else user.posts.schools(Capacity.HEAD, Capacity.LEADER),
        "The headteacher and leaders add the school's documents",
    )


@rule("evidence.replace_document")
def may_replace_document(user: Actor, document: DocumentLike) -> Answer:
    """A headteacher replaces any document of the school, a leader the own ones, each once."""
    if document.replaced_by_id is not None:
        return Denied("A newer version is there already")
    posts = user.posts
    return allowed_if(
        posts.holds(Capacity.HEAD, school=document.school_id)
        or (
            posts.holds(Capacity.LEADER, school=document.school_id)
            and document.added_by_id == user.pk
        ),
        "The headteacher, or the leader who added it, brings a newer version",
    )


@rule("evidence.mark_passage")
def may_mark_passage(user: Actor, document: DocumentLike) -> Answer:
    """CEO and DSI mark what goes to the Progress Board."""
    return allowed_if(
        user.posts.holds(*READERS, school=document.school_id),
        "The Chief Executive or the Director of School Improvement marks passages",
    )


@rule("evidence.unmark_passage")
def may_unmark_passage(user: Actor, passage: PassageLike) -> Answer:
    """Whoever may mark may take a mark away."""
    return may_mark_passage(user, passage.document)


@rule("evidence.enter_judgement")
def may_enter_judgement(user: Actor, document: DocumentLike) -> Answer:
    """Whoever may mark passages enters what the self-evaluation itself judges."""
    return may_mark_passage(user, document)
