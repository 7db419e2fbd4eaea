"""IMP: what another catalogue says cannot be taken over as it stands."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

IMP: Final = (
    Code(
        "IMP101",
        "import too large",
        "An import holds at most 64 MiB, also after decompression; a larger one is refused before "
        "it is parsed.",
        "Check what you downloaded. The catalogues that are read here are below 10 MiB.",
    ),
    Code(
        "IMP102",
        "import is not JSON",
        "The text is not JSON in UTF-8 (RFC 8259): it may be cut off, or be a page of HTML that "
        "reports an error. Nothing of it is taken over. One byte order mark at its beginning is no "
        "error.",
        "Download it again, and look at its first and last lines.",
    ),
    Code(
        "IMP103",
        "import nested too deeply",
        "Values are nested more than 64 levels deep. No catalogue needs that; a reader that "
        "followed it could exhaust its stack.",
        "Do not use this file.",
    ),
    Code(
        "IMP104",
        "import of too many values",
        "An import holds at most 2,000,000 values, so that no file can exhaust the memory.",
        "Check what you downloaded.",
    ),
    Code(
        "IMP105",
        "name stated twice in an import",
        "One object states a name twice. Readers of JSON keep the first or the last silently, so "
        "two of them would import different facts.",
        "Ask the publisher to correct it, or delete one of the two yourself.",
    ),
    Code(
        "IMP106",
        "number that is none",
        "`NaN`, infinities, and numbers of more than 64 characters or with an exponent beyond 100 "
        "are no quantities a catalogue can state.",
        "Ask the publisher to correct it.",
    ),
    Code(
        "IMP107",
        "not the format of this source",
        "The text is JSON, but not laid out as the catalogue that was named lays it out.",
        "Name the source it came from: `policy-router registry import --help` lists them.",
    ),
    Code(
        "IMP201",
        "row with a value of the wrong type",
        "A field of the row holds another type of value than its format says. The whole row is set "
        "aside: what else in it can be relied on is not known.",
        "Look at the row in its source; write the route by hand if it matters to you.",
    ),
    Code(
        "IMP202",
        "row with a negative amount",
        "Prices and limits are zero or more. Some catalogues use -1 for a price that depends on "
        "something else; it is not a price.",
        "Look at the row in its source.",
    ),
    Code(
        "IMP203",
        "row with an amount out of proportion",
        "A price of more than 100,000 per million tokens, one of more than 40 digits, or a limit "
        "of more than a billion tokens is most likely in another unit than the format says.",
        "Look at the row in its source; if it is true, write it by hand.",
    ),
    Code(
        "IMP204",
        "row with characters that act",
        "A name or title holds control characters, terminal escapes, or characters that change the "
        "direction of the text around them.",
        "Do not use the row; tell the publisher.",
    ),
    Code(
        "IMP205",
        "row whose name uses letters of another alphabet",
        "Names of models and providers are ASCII. A Cyrillic or Greek letter that looks like a "
        "Latin one makes another name that nobody can tell apart.",
        "Do not use the row; tell the publisher.",
    ),
    Code(
        "IMP206",
        "row whose name cannot be an id",
        "A name is empty, longer than 200 characters, made of other characters than letters, "
        "digits and `. _ : / @ + ~ -`, or has `.` or `..` for a part, which paths read as folders.",
        "Write the route by hand, with an id of your own and the exact name as its `address`.",
    ),
    Code(
        "IMP207",
        "row whose title a spreadsheet would run",
        "A title that starts with `=`, `+`, `-` or `@` is a formula to a spreadsheet that opens a "
        "report.",
        "Do not use the row; tell the publisher.",
    ),
    Code(
        "IMP208",
        "row listed twice",
        "Two rows are about the same thing at the same seller, and say different things of it.",
        "Look at both in their source.",
    ),
    Code(
        "IMP209",
        "row with a date that is none",
        "A date is not a day of the calendar, or an instant that is none is written behind it.",
        "Look at the row in its source.",
    ),
    Code(
        "IMP210",
        "row without a verdict",
        "A row of a gateway's own verdicts does not say of which model it is, or not whether the "
        "key may use it. It says nothing about the route; the other rows are compared.",
        "Ask again with `include=policy`, with the key whose verdicts you want.",
    ),
    Code(
        "IMP301",
        "download failed",
        "The address did not answer with the catalogue, or not in time.",
        "Try again, or download the file yourself and name it instead of the address.",
    ),
    Code(
        "IMP302",
        "address that is not followed",
        "Only `https` addresses are read, without a password in them, and a redirect is followed "
        "only to the same host: a catalogue that moved elsewhere is another source.",
        "Name the address it leads to, if you trust it.",
    ),
    Code(
        "IMP303",
        "package is not the one that was named",
        "The SHA-256 of the file differs from the one on the command line.",
        "Compare the hash with the package index, and download the file again. Do not install it.",
    ),
    Code(
        "IMP304",
        "package without a price map",
        "The file is not a wheel that holds exactly one price map under its known name.",
        "Name a wheel of the package, or the price map itself.",
    ),
    Code(
        "IMP401",
        "comments would be lost",
        "A file of imported rows is rewritten whole. Somebody wrote comments into this one, and "
        "they would be gone.",
        "Move the comments to a file of your own, or the whole document: what you write by hand is "
        "never touched.",
    ),
    Code(
        "IMP402",
        "file is not one that an import wrote",
        "The file has the name of a file of imported rows, but holds something else, or cannot be "
        "read.",
        "Give that file another name, or put it right first: `policy-router check`.",
    ),
)
