"""The identifiers that are looked for.

Forms and check digits: ISO 13616 (IBAN), ISO/IEC 7812-1 and the ranges its issuers publish (payment
cards), and the national rules that python-stdnum cites in the module named with each.

Left out, as random digits have their form and no word is sure to stand beside them: tax numbers of
companies, driving licences, passports, licence plates, IP addresses.
"""

from __future__ import annotations

from typing import Final

from policy_router.detect.identifier import Identifier

_MOST_CARDS: Final = (
    r"(?:4\d{3}|5[1-5]\d\d|2(?:2[2-9]|[3-6]\d|7[01])\d|2720|35[2-8]\d|6011|64[4-9]\d|65\d\d"
    r"|62\d\d|5018|5020|5038|5893|6304|6759|676[1-3])(?:~\d{4}){3}(?:~\d{3})?"
)
_AMERICAN_EXPRESS: Final = r"3[47]\d\d~\d{6}~\d{5}"
_DINERS: Final = r"3(?:0[0-5]|[689]\d)\d~\d{6}~\d{4}"


def _personal(name: str, form: str, check: str | None, words: str | None = None) -> Identifier:
    return Identifier(name, "personal", form, check, words)


IDENTIFIERS: Final = (
    Identifier(
        "payment card",
        "cardholder",
        f"{_MOST_CARDS}|{_AMERICAN_EXPRESS}|{_DINERS}",
        "luhn",
    ),
    _personal("IBAN", r"[a-z]{2}\d{2}(?:~[a-z0-9]{4}){2,7}(?:~[a-z0-9]{1,3})?", "iban"),
    _personal(
        "Austrian social insurance number",
        r"\d{4}~\d{6}",
        "at.vnr",
        r"SV-?N|VSNR|Sozialvers|Versicherungsn",
    ),
    _personal("Belgian national number", r"\d\d~\d\d~\d\d~\d{3}~\d\d", "be.nn"),
    _personal("Bulgarian citizen number", r"\d{10}", "bg.egn", r"ЕГН|EGN"),
    _personal("Croatian personal number", r"\d{11}", "hr.oib", r"OIB"),
    _personal("Czech or Slovak birth number", r"\d{6}/\d{3,4}", "cz.rc"),
    _personal("Czech or Slovak birth number", r"\d{9,10}", "cz.rc", r"rodn|r\.? ?č"),
    _personal("Danish CPR number", r"\d{6}[ -]\d{4}", "dk.cpr"),
    _personal("Danish CPR number", r"\d{10}", "dk.cpr", r"CPR|personnummer"),
    _personal(
        "Dutch citizen service number",
        r"\d{4}~\d\d~\d{3}",
        "nl.bsn",
        r"BSN|burgerservice|sofi",
    ),
    _personal("Estonian personal code", r"[1-6]\d{10}", "ee.ik"),
    _personal("Finnish personal identity code", r"\d{6}[-+a-fu-y]\d{3}[0-9a-y]", "fi.hetu"),
    _personal(
        "French social security number",
        r"[12]~\d\d~(?:0[1-9]|1[0-2]|[2-9]\d)~(?:\d\d|2[ab])~\d{3}~\d{3}~\d\d",
        "fr.nir",
    ),
    _personal("German tax identification number", r"[1-9]\d~\d{3}~\d{3}~\d{3}", "de.idnr"),
    _personal("Greek social security number", r"\d{11}", "gr.amka"),
    _personal("Icelandic identity number", r"\d{6}~\d{4}", "is_.kennitala"),
    _personal("Irish PPS number", r"\d{7}[a-w][a-iw]?", "ie.pps"),
    _personal(
        "Italian fiscal code",
        r"[a-z]{3}~[a-z]{3}~[\dlmnp-v]{2}[a-ehlmprst][\dlmnp-v]{2}~[a-z][\dlmnp-v]{3}[a-z]",
        "it.codicefiscale",
    ),
    _personal("Lithuanian personal code", r"[1-6]\d{10}", "lt.asmens", r"asmens k|a\. ?k\."),
    _personal("Norwegian birth number", r"\d{6}~\d{5}", "no.fodselsnummer"),
    _personal("Polish PESEL number", r"\d{11}", "pl.pesel", r"PESEL"),
    _personal("Portuguese citizen card number", r"\d{8}~\d~[a-z0-9]{2}\d", "pt.cc"),
    _personal("Romanian personal number", r"[1-9]\d{12}", "ro.cnp"),
    _personal("Slovenian personal number", r"\d{13}", "si.emso"),
    _personal("Spanish identity number", r"\d{8}~[a-z]", "es.dni"),
    _personal("Spanish foreigner number", r"[xyz]~\d{7}~[a-z]", "es.nie"),
    _personal("Swedish personal number", r"(?:19|20)?\d{6}[-+]\d{4}", "se.personnummer"),
    _personal("Swedish personal number", r"(?:19|20)\d{10}", "se.personnummer"),
    _personal("Swiss social security number", r"756~\d{4}~\d{4}~\d\d", "ch.ssn"),
    _personal(
        "British national insurance number",
        r"[a-ceghj-pr-tw-z][a-ceghj-nprstw-z]~\d\d~\d\d~\d\d~[a-d]",
        None,
        r"NI\b|NINO|national ins",
    ),
    _personal("British NHS number", r"\d{3}~\d{3}~\d{4}", "gb.nhs", r"NHS"),
    _personal("US social security number", r"\d{3}~\d\d~\d{4}", "us.ssn", r"SSN|social sec"),
)
