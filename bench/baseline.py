"""The baseline: what a team would write by hand over plain values worked out beforehand."""

from __future__ import annotations

from bench.rows import Call, Row


def choose(rows: list[Row], c: Call) -> str | None:
    """The permitted route with the lowest price."""
    found = permitted(rows, c)
    return min(found, key=lambda r: r.price).id if found else None


def choose_by_cost(rows: list[Row], c: Call, into: int, out: int) -> str | None:
    """The permitted route that takes a call of this many tokens and is cheapest for it."""
    found = [r for r in permitted(rows, c) if into + out <= r.window and out <= r.longest]
    return min(found, key=lambda r: into * r.price + out * r.price_out).id if found else None


def permitted(rows: list[Row], c: Call) -> list[Row]:
    """The routes that meet every demand a call makes: twelve conditions."""
    return [
        r
        for r in rows
        if (not c.personal or r.contract)
        and (not c.personal or r.untrained)
        and (not c.personal or r.short_storage)
        and (not c.eu or r.eu_basis)
        and (not c.uk or r.uk_basis)
        and (not c.special or r.in_eea)
        and (not c.special or r.zero)
        and (not c.secret or r.closed)
        and (not c.confidential or r.quiet)
        and (not c.payment or r.certified)
        and (not c.clinic or r.ga)
        and (not c.clinic or r.unread)
    ]
