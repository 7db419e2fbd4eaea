"""What every mapping of a document and every document has in common."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from policy_router.language.grammar.refusals import wrong
from policy_router.language.grammar.values import Id, Maybe, Text

LANGUAGE: Final = 1
"""The version of the language that is read here."""


def _version(value: object) -> int:
    if value != str(LANGUAGE):
        raise wrong("a language version", value, f"write `{LANGUAGE}`")
    return LANGUAGE


LanguageVersion = Annotated[int, PlainValidator(_version), WithJsonSchema({"const": LANGUAGE})]


class Body(BaseModel):
    """A mapping with known keys: any other key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class DocumentBody(Body):
    """A document: `notes` are free text that nothing reads."""

    id: Id = Field(description="a name by which other documents and reports call it")
    language: LanguageVersion = Field(description=f"write `language: {LANGUAGE}`")
    title: Maybe[Text] = None
    notes: Maybe[Text] = None
