"""DOC: a file cannot be read as YAML, or would be read differently by different readers."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

DOC: Final = (
    Code(
        "DOC001",
        "file too large",
        "A file of documents holds at most 8 MiB; a larger one is refused before it is read, so "
        "that no file can exhaust the memory of the process that decides.",
        "Split the file: documents of one kind may be spread over any number of files.",
    ),
    Code(
        "DOC002",
        "not UTF-8",
        "Documents are UTF-8 text. Guessing another encoding could turn one name into another.",
        "Save the file as UTF-8.",
    ),
    Code(
        "DOC003",
        "byte order mark",
        "The file starts with an invisible byte order mark. Some readers take it for a part of "
        "the first key.",
        "Save the file as UTF-8 without a byte order mark (BOM).",
    ),
    Code(
        "DOC004",
        "character that may not appear",
        "Control characters, characters that change the direction of the text around them, and "
        "line separators that only some readers break a line at make a document look different "
        "from what it says. They are refused as they are and as escapes in double quotes.",
        "Delete the character, or replace it by an ordinary one.",
    ),
    Code(
        "DOC005",
        "no document",
        "The file is empty, holds comments only, or has nothing between two `---` lines. An "
        "empty file in a folder of policies is more often lost work than intended.",
        "Write the document, or delete the file or the surplus `---` line.",
    ),
    Code(
        "DOC006",
        "document is not a mapping",
        "Every document is a mapping of keys to values, and says with `kind` what it is.",
        "Start the document with `kind:` and `id:`.",
    ),
    Code(
        "DOC007",
        "nested too deeply",
        "Values are nested at most 64 levels deep; deeper ones are refused unread, because "
        "reading them can exhaust the stack of the process.",
        "Close the brackets that are still open, or write the document with fewer levels.",
    ),
    Code(
        "DOC008",
        "too many values",
        "A file holds at most 500,000 keys and values.",
        "Split the file: documents of one kind may be spread over any number of files.",
    ),
    Code(
        "DOC009",
        "too many problems",
        "After 1,000 problems the rest of the file is not read.",
        "Put the problems reported so far right and check again.",
    ),
    Code(
        "DOC010",
        "not readable as YAML",
        "The text breaks a rule of YAML at this place. What follows in the file cannot be read "
        "with certainty, so nothing after it is reported.",
        "Compare the indentation with the lines above, and put text that contains `: `, ` #` or "
        "starts with a special character in quotes.",
    ),
    Code(
        "DOC011",
        "tab where only spaces may stand",
        "YAML shows structure by indentation with spaces. How wide a tab is depends on the editor.",
        "Replace the tab by spaces, and set the editor to insert spaces in YAML files.",
    ),
    Code(
        "DOC012",
        "quote never closed",
        "A quoted text starts here and runs on to the end of the file or of the document.",
        "Add the closing quote. Within single quotes, write an apostrophe twice.",
    ),
    Code(
        "DOC013",
        "bracket never closed",
        "A `[` or `{` is not closed, or two members within it are not separated by a comma.",
        "Add the closing bracket or the comma.",
    ),
    Code(
        "DOC014",
        "anchor or alias",
        "Anchors (`&name`) and aliases (`*name`) make a value stand where nobody reads it, and "
        "a few lines of them can expand to gigabytes. Documents do not use them.",
        "Write the value out wherever it applies.",
    ),
    Code(
        "DOC015",
        "explicit tag",
        "A tag (`!name`) tells a YAML reader to build something other than text. What a value "
        "means is laid down by the schema of its document alone.",
        "Delete the tag.",
    ),
    Code(
        "DOC016",
        "directive",
        "Directives (lines that start with `%`) change how the document after them is read. "
        "`%YAML 1.1` and `%YAML 1.2` are accepted, because both read a document alike here.",
        "Delete the line.",
    ),
    Code(
        "DOC017",
        "merge key",
        "`<<` copies keys from elsewhere in YAML 1.1 and is an ordinary key in YAML 1.2.",
        "Write the keys out; if the text `<<` is meant, put it in quotes.",
    ),
    Code(
        "DOC018",
        "duplicate key",
        "A key stands twice in one mapping. Readers of YAML keep the last one silently, and a "
        "demand that was meant would be lost. A key in quotes is the same key as without.",
        "Merge the two, or delete one.",
    ),
    Code(
        "DOC019",
        "key is not text",
        "A key is a word or a quoted text: not empty, not `null`, not a list and not a mapping.",
        "Write the key as text; put it in quotes if it is meant literally.",
    ),
    Code(
        "DOC020",
        "value with two readings",
        "Written without quotes, this value means one thing in YAML 1.1 and another in YAML 1.2: "
        "`NO` is false or the text NO, `010` is 8 or 10, `12:30` is 750 or the text 12:30. Here "
        "every value is text first, but other tools that read the file would disagree.",
        "Put the value in quotes; if a number or a truth value is meant, write it in the one "
        "form that everybody reads alike, such as `8`, `1000` or `false`.",
    ),
    Code(
        "DOC021",
        "number out of range",
        "Infinities, not-a-number, numbers of more than 64 characters and numbers with an "
        "exponent of more than two digits are no quantities that a document can state.",
        "Write an ordinary number; if the text is meant, put it in quotes.",
    ),
)
