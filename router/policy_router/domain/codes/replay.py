"""RPL: a table of calls cannot be replayed, or rows of it cannot be decided."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

RPL: Final = (
    Code(
        "RPL501",
        "policies read what is no column",
        "A policy of one of the two sides reads a fact for which the table of calls has no column. "
        "Were the fact left out in silence, calls would be refused or permitted for want of a "
        "column, and nobody would know.",
        "Add the column, or say with `--unknown` that the fact is not known of any call.",
    ),
    Code(
        "RPL502",
        "column of a kind that cannot be read",
        "A column has the name of a fact, and what stands in it cannot be that fact: a number "
        "where a name is wanted, or a structure.",
        "Write the column as the documentation of replays says, or give it another name.",
    ),
    Code(
        "RPL503",
        "table of calls that cannot be read",
        "There is no such file, it ends neither in `.parquet` nor in `.csv`, or it is not what its "
        "ending says. No line of it was skipped.",
        "Look at what the message says of the file; write it again.",
    ),
    Code(
        "RPL504",
        "word that is not one of the language",
        "A row states a fact in a word that the language does not know, or that has not the form "
        "of one. Calls cannot be decided on facts that nobody understands, so the row is set aside "
        "and counted.",
        "Correct the word. The message names the words there are.",
    ),
    Code(
        "RPL505",
        "text that is too long",
        "A row holds a text, or a set of texts, that no fact is as long as. It is not looked at; "
        "the row is set aside and counted.",
        "Find out what wrote it there: perhaps a prompt, which belongs in no table of facts.",
    ),
    Code(
        "RPL506",
        "number of tokens that is no count",
        "A number of tokens is negative, has a fraction, is too large to be one, or is no number. "
        "The row is set aside and counted. A number that is not known is null.",
        "Write whole numbers from 0 to 2,147,483,646, or leave them out.",
    ),
    Code(
        "RPL507",
        "words that a record withholds",
        "The record of the call holds no words that only its caller knew, and policies read them. "
        "Other documents may judge them otherwise than those they were recorded under, and nobody "
        "has the words any more. The row is set aside and counted.",
        "Nothing can be done about past calls. Words that a policy names are recorded.",
    ),
    Code(
        "RPL508",
        "call that was refused before anything was decided",
        "The call was refused before its facts were known: its key was unknown, or its body could "
        "not be read. There is nothing to decide; the row is set aside and counted.",
        "Nothing needs to be done: a proposal changes nothing about such calls.",
    ),
    Code(
        "RPL509",
        "too many kinds of calls",
        "The calls differ in so much of what policies read that deciding one of each kind would "
        "take more memory than is wise.",
        "Replay fewer calls: a part of the time, or of the tenants.",
    ),
)
