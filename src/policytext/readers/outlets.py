"""Which outlet a page is of: its notices, bylines and lead-ins name it."""

from __future__ import annotations

import re

from policytext.readers import rules

_EMAIL_DOMAIN = re.compile(r"@([\w-]{1,40}(?:\.[\w-]{1,20}){1,3})")
_NOTICE = re.compile(
    r"^[\[<('\"’‘\-–*\s]*(?:저작권자?|copyrights?|ⓒ|©|\(c\)|\s|[0-9]{4}(?:-[0-9]{4})?|[:.,?]|㈜|\(주\))+"
    r"(?:by\s)?(?:['‘\"“][^'’\"”]{1,40}['’\"”]\s?)?",
    re.I,
)
_NOTICE_END = re.compile(
    r"\s?(?:[&,.;:|<>()\[\]/]|의 모든 |무단|all\s|inc|co\b|-|–|\s(?=[a-z0-9.-]{3,}\.[a-z]{2})).*$",
    re.I,
)
_BYLINE_NAME = re.compile(
    rf"^[\[(]?([가-힣A-Za-z0-9]{{2,15}})[\s=/|]+[가-힣]{{2,4}}\s?{rules.REPORTER}"
)


def strip_outlet(title: str, outlet: str) -> str:
    """A title without the outlet that sites put after or before it."""
    name = re.escape(outlet)
    return re.sub(rf"\s*[-|:<«–—]\s*{name}\s*>?$|^{name}\s*[-|:]\s*", "", title)


def split_lead_in(line: str) -> tuple[str, list[tuple[int, str]]]:
    """The line without "[서울=가나통신] 홍길동 기자 = ", and the outlet that this names."""
    match = rules.LEAD_IN.match(line)
    if not match or not match[0]:
        return line, []
    box, outlet = match["box"] or "", (match["outlet"] or "").strip()
    rest = line[match.end() :]
    if outlet:
        return rest, [(4, outlet)]
    if re.search(rules.REPORTER, box):
        return rest, named_by_byline(box)
    if "=" in box:
        return rest, [(4, box.split("=")[-1].strip())]
    text, more = split_lead_in(rest)
    if more:
        return text, [(0, box), *more]
    # "[나루신문]" or "[현장에서]": cut off later when the page says it is its outlet.
    is_name = len(box) <= 10 and " " not in box and box not in rules.NOT_OUTLETS
    return line, [(0, box)] if is_name else []


def named_by_byline(line: str) -> list[tuple[int, str]]:
    """Outlets in "[가나일보=홍길동 기자] a@b.kr": the name, then the domain of the address."""
    found = []
    if domain := _EMAIL_DOMAIN.search(line):
        found.append((1, domain[1].lower()))
    match = _BYLINE_NAME.match(line)
    if match and match[1] not in rules.NOT_OUTLETS:
        found.append((4, match[1]))
    return found


def named_by_notice(line: str) -> list[tuple[int, str]]:
    """The outlet that a copyright notice or a "출처: …" names."""
    if match := rules.SOURCE.match(line):
        name = match["name"].strip(" ()[]")
        return [(2 if re.search("[가-힣]", name) else 1, name)]
    if not rules.COPYRIGHT.search(line) or rules.is_paragraph(line):
        return []
    name = _NOTICE_END.sub("", _NOTICE.sub("", line, count=1)).strip(" '\"‘’“”·")
    return [(5, name)] if 2 <= len(name) <= 20 else []


def choose(outlets: list[tuple[int, str]]) -> str:
    """The outlet with the best evidence, without the motto that its notice puts before it."""
    best = max(outlets, key=lambda named: named[0], default=(0, ""))[1]
    return next((name for _, name in outlets if name and best.endswith(f" {name}")), best)


def is_brand(line: str, outlet: str) -> bool:
    return outlet in line and len(line) <= 80 and line[:1] in "[<(" and line[-1:] in "])>"
