"""SCH: a document was read, but its keys or values are not those of its kind."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

SCH: Final = (
    Code(
        "SCH101",
        "unknown key",
        "The key is not one that this kind of document has at this place. It is not skipped: a "
        "misspelt `require` would be a demand that nobody makes.",
        "Correct the spelling or delete the key. `notes` takes free text in every document.",
    ),
    Code(
        "SCH102",
        "unknown value",
        "The value is not among those that are possible here.",
        "Use one of the values that the message or the language reference lists.",
    ),
    Code(
        "SCH103",
        "missing key",
        "A key that must be written is not there. Nothing that decides about a route is assumed.",
        "Add the key.",
    ),
    Code(
        "SCH104",
        "wrong type",
        "A text, number, truth value, list or mapping stands where one of another type is needed.",
        "Write the value in the type that the message names.",
    ),
    Code(
        "SCH105",
        "value out of bounds",
        "The value has the right type, but is too small, too large, too short or too long.",
        "Use a value within the bounds that the message names.",
    ),
    Code(
        "SCH106",
        "malformed value",
        "The text does not have the form that is needed here: an id, a date, an instant with its "
        "zone, a country code, a currency code, a decimal number, the address of a page.",
        "Write the value in the form that the message shows.",
    ),
    Code(
        "SCH107",
        "keys that do not go together",
        "Keys of one mapping contradict each other, or one needs another that is not there.",
        "Keep the key that is meant, or add the one that is missing.",
    ),
    Code(
        "SCH108",
        "unknown kind of document",
        "The value of `kind` is not a kind of document that this version reads.",
        "Correct the spelling of `kind`.",
    ),
    Code(
        "SCH109",
        "unknown language version",
        "The document was written for a version of the language that this version does not read. "
        "Reading it all the same could change what it means.",
        "Write the version this release reads, or use a release that reads the document's.",
    ),
)
