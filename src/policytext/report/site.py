"""Pages of a report: executed notebooks sanitised and numbered, and the indexes over them.

A chapter is a dict of the manifest: ``file, title, intro, notebook, notebook_sha256``, then lists of
what came out of it, those of `build.PLURALS`, ``faults`` and ``lacking``.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from pathlib import Path

import fontTools
import lxml.html
from fontTools import subset
from markupsafe import Markup

from policytext import store
from policytext.faults import PolicyTextError
from policytext.report import inline
from policytext.report import result as results
from policytext.study import Study

GENERATOR = '<meta name="generator" content="policytext">'  # by which we know our own pages
N_ANSWERS = 5  # findings at the head of a page
N_FRONT = 3  # headlines, and warnings, on the front page of a study
FRONT_FIGURES = ("topic-shares", "divergence", "coverage")
# Results whose sentences name what the checks of chapter 6 have yet to put to the test: no such
# sentence leads a page; those that survive are headlines.
UNTESTED = set(
    "keyness-of formulas within-kinds renamed-bodies renamed moved regions divergence another-prior "
    "topic-shares topic-concentration terms-over-time topics-over-time same-age what-and-how headlines "
    "claims specification-curve placebo-terms".split()
)
N_LEADING = 3  # of the answers of a study, how many its leading chapter may give
PICTURE_LIMIT = 120_000  # of SVG an index page holds
FACTS_SHOWN = {"기간": "기간", "읽은 문서": "문서", "중복 묶음": "거의 같은 글을 하나로 치면"}
# What may be in bold: of other letters a page holds the plain shapes only.
BOLD = "//h1|//h2|//h3|//h4|//a|//b|//dt|//mark|//strong|//summary|//th|//*[@font-weight]"
BOLD += "|//p[@class='study' or @class='label' or @class='kicker']"
FONTS, COLOURS = "/* fonts */", "/* colours */"  # where they go
HIDDEN_INPUT = {"hide-input", "parameters"}
TAGS = set(
    "a b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 "
    "h4 h5 h6 hr i img li mark ol p pre s small span strong sub summary sup table tbody td "
    "tfoot th thead tr ul".split()
)
ATTRIBUTES = {
    "*": {"id", "class", "lang", "title", "role", "aria-label", "tabindex"},
    "a": {"href", "download"},
    "img": {"src", "alt"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
    "details": {"open"},
}
# Paragraphs, begun by these words in bold, that open when they are wanted.
FOLDED = (
    "무엇을 묻나",
    "어떻게 읽나",
    "표를 읽는 법",
    "이름",
    "얼마나 작은 차이까지 보이나",
    "내 자료로 바꾸기",
)
HEADINGS = ["h2", "h3", "h4"]
METHODS = "방법과 조건"  # the heading from which a chapter tells its conditions
BODY = ".finding, .figure, .table, .fault, .printed, .downloads, .nothing"


def chapter_page(notebook, chapter: dict, chapters: list[dict], study: Study) -> str:
    """HTML of an executed notebook.

    The findings and faults of `chapter`, its records, get their ``anchor``, its figures and tables
    their ``number``; `chapters` are all of the study in order, for the links between them.
    """
    html, outline = arrange("".join(map(_cell_html, notebook.cells)), chapter, study)
    place = [other["file"] for other in chapters].index(chapter["file"])
    return _render(
        "page.html.j2",
        title=chapter["title"],
        chapter=chapter,
        chapters=chapters,
        study=study,
        answers=told(chapter),
        note=study.report.note,
        rule=results.SHARE_RULE if study.report.share_safe else "",
        html=Markup(html),
        outline=outline,
        script=_script(),
        previous=chapters[place - 1] if place else None,
        next=chapters[place + 1] if place + 1 < len(chapters) else None,
    )


def _cell_html(cell) -> str:
    """What a cell shows, then its code in a fold."""
    from nbconvert.filters import Highlight2HTML

    if cell.cell_type == "markdown":
        return _markdown(cell.source)
    shown = "".join(map(_output_html, cell.get("outputs", [])))
    is_hidden = HIDDEN_INPUT & set(cell.metadata.get("tags", []))
    if cell.cell_type == "code" and cell.source.strip() and not is_hidden:
        code = Highlight2HTML(pygments_lexer="ipython3")(cell.source)
        shown += f'<details class="code"><summary>코드 보기</summary>{code}</details>'
    return shown


def _output_html(output) -> str:
    from nbconvert.filters import ansi2html

    data = output.get("data", {})
    if "text/html" in data:
        return data["text/html"]
    if any("widget" in kind for kind in data):  # a progress bar
        return ""
    if "text/markdown" in data:
        return _markdown(data["text/markdown"])
    printed = output.text if output.get("name") == "stdout" else data.get("text/plain", "")
    return f'<pre class="printed">{ansi2html(printed)}</pre>' if printed else ""


def _markdown(source: str) -> str:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return f'<div class="prose">{MarkdownWithMath(renderer=renderer).render(source)}</div>'


def arrange(html: str, chapter: dict, study: Study) -> tuple[str, list[dict]]:
    """Sanitise the cells' HTML; number it; fold what explains; drop sections without a result.

    Returns the HTML and its outline: a dict of ``level, anchor, text`` each.
    """
    import nh3
    from bs4 import BeautifulSoup

    clean = nh3.clean(
        html,
        tags=TAGS | inline.TAGS,
        attributes=ATTRIBUTES
        | {tag: own | ATTRIBUTES.get(tag, set()) for tag, own in inline.ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )
    clean = re.sub(r'<a (?=[^>]*href="https?:)', '<a rel="noopener noreferrer" ', clean)
    # What is right as it is, most of a page, is not parsed again.
    rows = "" if study.report.share_safe else "|<tbody><tr id=.*?</tbody>"
    parts = re.split(f"(<svg .*?</svg>{rows})", clean, flags=re.DOTALL)
    kept = (f"<!--{place}-->" if place % 2 else part for place, part in enumerate(parts))
    soup = BeautifulSoup("".join(kept), "html.parser")
    above = "#finding-headlines + .finding-detail, " if chapter.get("headlines") else ""
    spare = soup.select(f"{above}title, img:not(figure img[src])")
    for part in [*spare, *soup.find_all("h1", limit=1)]:
        part.decompose()
    for bare in soup.select("table:not(.scroll table)"):
        _frame_table(soup, bare)
    for empty in soup.find_all("div", class_="prose"):
        if not empty.get_text(strip=True):
            empty.decompose()
    if study.report.share_safe:
        _cut_long_texts(soup)
    _merge_code(soup)
    _fold_prose(soup)
    _collapse_empty(soup)
    _fold_methods(soup)
    _join_headings(soup)
    _number(soup, chapter)
    _fold_tables(soup)
    outline = _outline(soup)  # gives the headings their anchors, so it comes before the text
    for kind, css in (("findings", ".finding"), ("faults", ".fault")):
        for record, shown in zip(chapter[kind], soup.select(css), strict=False):
            record["anchor"] = shown["id"]
    return re.sub(r"<!--(\d+)-->", lambda found: parts[int(found[1])], str(soup)), outline


def _attribute(element: str, attribute: str, value: str) -> str | None:
    """Pictures only from inside the file; data links only to CSV and pictures."""
    if element == "img" and attribute == "src":
        return value if re.match(r"data:image/(svg\+xml|png);base64,", value) else None
    if element == "a" and attribute == "href" and value.strip().lower().startswith("data:"):
        allowed = re.match(r"data:(text/csv|image/svg\+xml|image/png);base64,", value)
        return value if allowed else None
    if element in inline.TAGS - {"a"} and ("url(" in value or attribute == "href"):
        return value if re.fullmatch(r"#[\w-]+|url\(#[\w-]+\)", value) else None
    return value


def _frame_table(soup, bare) -> None:
    """A table that a cell showed as it is: scopes, and a scrollable region with a name."""
    for head in bare.find_all("th"):
        if not head.get_text(strip=True):
            head.name = "td"
        else:
            head["scope"] = "col" if head.find_parent("thead") else "row"
    region = {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "표"}
    bare.wrap(soup.new_tag("div", attrs=region))


def _cut_long_texts(soup) -> None:
    """What cells print or show as they are is cut like everything else that may be passed on."""
    for text in soup.find_all(string=True):
        if text.find_parent(["td", "th", "pre"]) and not text.find_parent(class_="code"):
            text.replace_with(results.shorten(text))


def _merge_code(soup) -> None:
    """Folds of code with nothing to see between them become one."""
    for fold in soup.select("details.code + details.code"):
        fold.summary.decompose()
        fold.find_previous_sibling().extend(fold)
        fold.decompose()


def _fold(soup, summary: str, content: Iterable):
    """A fold in place of the first of `content`, holding all of it."""
    first, *rest = content
    fold = first.wrap(soup.new_tag("details", attrs={"class": "aside"}))
    for part in rest:
        fold.append(part.extract())
    head = soup.new_tag("summary")
    head.string = summary
    fold.insert(0, head)
    return fold


def _fold_prose(soup) -> None:
    """How a figure is read, and how a study is changed, opens when it is wanted."""
    for lead in soup.select(".prose > p > strong:first-child, .prose > blockquote strong"):
        text = lead.get_text(strip=True).rstrip(".")
        block = lead.find_parent("blockquote") or lead.parent
        if text in FOLDED and not (lead.previous_sibling or "").strip():
            lead.parent.decompose() if block.name == "blockquote" else lead.decompose()
            _fold(soup, text, [block])


def _section(heading) -> list:
    """The blocks of the page from the one that holds the heading to the next of its rank."""
    block, ranks = heading, [f"h{level}" for level in range(2, int(heading.name[1]) + 1)]
    while block.parent.parent is not None:
        block = block.parent
    blocks = [block]
    for below in block.next_siblings:
        if below.name in ranks or (below.name and below.find(ranks)):
            break
        blocks.append(below)
    return blocks


def _collapse_empty(soup) -> None:
    """A section whose cells have nothing but notes is one paragraph: its heading, what they say."""
    for heading in soup.select(".prose > :is(h2, h3, h4)"):
        if heading.decomposed:  # with the section around it
            continue
        blocks = [block for block in _section(heading) if block.name]
        notes = [note for block in blocks for note in block.find_all(class_="note")]
        notes += [block for block in blocks if "note" in block.get("class", [])]
        notes = list({note.get_text(): note for note in notes}.values())  # a reason once
        shown = any(block.select_one(BODY) or block.css.match(BODY) for block in blocks)
        if shown or not notes:
            continue
        line = soup.new_tag("p", attrs={"class": "nothing", "role": "note"})
        line.extend([soup.new_tag("b", string=heading.get_text(" ", strip=True)), ": "])
        for note in notes:
            said, *link = note.p.contents
            if len(notes) > 1:  # of each only what it claims
                claim, link = results.parted(str(said))[0], note.p.find_all("a")
                said = f"{claim.rstrip(' (.')}{' (' if link else '. '}"
                link += ["). "] * bool(link)
            line.extend([said, *link])
        blocks[0].insert_before(line)
        for block in blocks:
            block.decompose()


def _join_headings(soup) -> None:
    """A section that begins with a finding is headed by it, its question stands above it."""
    for heading in soup.select(".prose > :is(h2, h3)"):
        found = heading.find_next(class_="finding")
        above = found and found.find_previous([*HEADINGS, "figure", "table"])
        if found and found.name == heading.name and above is heading:
            heading.name, heading["class"] = "p", "kicker"


def _fold_methods(soup) -> None:
    """The conditions, last in a chapter, open when they are wanted."""
    for heading in soup.find_all("h2", string=METHODS):
        blocks = _section(heading)
        heading.decompose()
        _fold(soup, METHODS, blocks)


def _fold_tables(soup) -> None:
    """A section shows its figures and, where it begins with one, a table; other tables open."""
    is_first = True
    for block in soup.select(".prose > h2, figure.figure, div.table"):
        if block.name == "div" and not is_first:
            about = block.find_next_sibling()
            if about is not None and about.name == "p" and "downloads" in about.get("class", []):
                block.append(about.extract())
            caption = block.caption.get_text(" ", strip=True)
            parts = [part for part in block.contents if part.name]
            _fold(soup, caption, parts).attrs["class"] = "rows"
        is_first = block.name == "h2"


def _number(soup, chapter: dict) -> None:
    """Figures and tables get their numbers, in reading order from 1, in all that names them."""
    # A result being built writes "그림 №its-name", since it cannot know what stands above it.
    for kind, word in (("figure", "그림"), ("table", "표")):
        blocks = [block for block in soup.select(f".{kind}[id]") if "№" in block.get_text()]
        for number, (block, record) in enumerate(zip(blocks, chapter[f"{kind}s"], strict=False), 1):
            mark = f"{word} №{block['id'].removeprefix(f'{kind}-')}"
            record["number"] = number
            block["id"] = f"{kind}-{number}"
            for text in block.find_all(string=re.compile(mark)):
                text.replace_with(text.replace(mark, f"{word} {number}"))
            for named in block.select("[aria-label]"):
                named["aria-label"] = named["aria-label"].replace(mark, f"{word} {number}")


def _outline(soup) -> list[dict]:
    """Levels without gaps and unique anchors for every heading of the body."""
    outline, taken, above = [], set(), 1
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        text = heading.get_text(" ", strip=True)
        level = min(max(int(heading.name[1]), 2), above + 1)
        above = level
        slug = heading.get("id") or re.sub(r"[^\w]+", "-", text).strip("-") or "section"
        others = (f"{slug}-{number}" for number in count(2))
        anchor = next(name for name in chain([slug], others) if name not in taken)
        taken.add(anchor)
        heading.name, heading["id"] = f"h{level}", anchor
        if level <= 3:
            outline.append({"level": level, "anchor": anchor, "text": text})
    return outline


def leading(findings: list[dict], n: int = N_ANSWERS) -> list[dict]:
    """The findings that stand for a chapter: those of whole sections first, in reading order.

    >>> rows = [{"text": "a", "level": 3}, {"text": "b", "level": 2}, {"text": "c", "level": 3}]
    >>> [row["text"] for row in leading(rows, 2)]
    ['a', 'b']
    """
    ranked = sorted(range(len(findings)), key=lambda place: (findings[place]["level"], place))
    return [findings[place] for place in sorted(ranked[:n])]


def told(chapter: Mapping, n: int = N_ANSWERS) -> list[dict]:
    """What may lead a chapter: its headlines or openings, then findings about data, never an untested word."""
    headlines = chapter.get("headlines", []) + chapter.get("openings", [])
    said = {row["anchor"] for row in headlines}  # in more words
    known = [row for row in chapter["findings"] if row.get("result") not in UNTESTED]
    known = [row for row in known if row.get("anchor") not in said]
    return (headlines + leading(known, max(n - len(headlines), 0)))[:n]


def answers(manifest: Mapping) -> list[dict]:
    """What the study found: ``text, anchor, file``.

    Its headlines, if its chapters have any; else findings of the chapter that the study's option
    ``report.lead`` names, then the main finding of every other.
    """
    if found := _of_kind(manifest, "headlines"):
        return found
    reports = sorted(_chapters(manifest)[0], key=lambda chapter: not chapter["is_lead"])
    chosen = [
        row | {"file": report["file"]}
        for place, report in enumerate(reports)
        for row in told(report, 1 if place else N_LEADING)
    ]
    return chosen[:N_ANSWERS]


def _chapters(manifest: Mapping) -> tuple[list[dict], str]:
    """The chapters, and why the leading one could compare nothing, or "".

    If so, chapters that lack data, too, lead with nothing.
    """
    lead = manifest.get("options", {}).get("report", {}).get("lead", "")
    chapters = [one | {"is_lead": one["file"] == f"{lead}.html"} for one in manifest["reports"]]
    is_compared = any(row.get("result") == "headlines" for c in chapters for row in c["findings"])
    lacking = [] if is_compared else [one for one in chapters if one.get("lacking")]
    why = next((one["lacking"][0] for one in lacking if one["is_lead"]), "")
    for one in lacking if why else []:
        one["findings"] = []
    return chapters, why


def _of_kind(manifest: Mapping, kind: str) -> list[dict]:
    """The first records of ``headlines`` or ``warnings``, with the file of their chapter."""
    found = (
        (row, report["file"]) for report in manifest["reports"] for row in report.get(kind, [])
    )
    return [row | {"file": file} for row, file in found][:N_FRONT]


def study_page(manifest: Mapping, output: Path) -> str:
    """HTML of one study's index: the front page, then what failed, chapters, files.

    The front page prints on one A4: three headlines, three warnings, one figure, the corpus in
    one line and the method in one.
    """
    reports, lacking = _chapters(manifest)
    return _render(
        "study.html.j2",
        lacking=lacking,
        title="보고서 목록",
        study=manifest["study"],
        note=manifest["options"]["report"]["note"],
        facts=_shown_facts(manifest),
        answers=answers(manifest),
        warnings=_of_kind(manifest, "warnings"),
        figure=_front_figure(manifest, output),
        reports=[report | {"told": told({"findings": report["findings"]})} for report in reports],
        downloads=manifest["downloads"],
    )


def studies_page(root: Path) -> str:
    """HTML of the index of all studies whose reports are under `root`.

    Every folder with a readable ``manifest.json`` is listed, by the study's title; no other.
    """
    entries = []
    for path in sorted(root.glob("*/manifest.json")):
        try:
            manifest = read_manifest(path)
            entry = {
                "folder": path.parent.name,
                "study": manifest["study"],
                "facts": _shown_facts(manifest),
                "answers": answers(manifest),
                "figure": _front_figure(manifest, path.parent, f"{path.parent.name}/"),
            }
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            continue  # a folder half written, or of an older version: the next build of it lists it
        entries.append(entry)
    page = {"title": "모든 연구", "study": {"title": "policytext"}, "studies": entries}
    return with_fonts([_render("studies.html.j2", **page)])[0]


def read_manifest(path: str | Path) -> dict:
    """The manifest of a report, its folder or the JSON file itself; PolicyTextError: it is none."""
    path = Path(path)
    path = path / "manifest.json" if path.is_dir() else path
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyTextError(
            f"{path}에서 보고서의 manifest.json을 읽을 수 없습니다. 보고서 폴더나 그 안의 "
            "manifest.json을 가리켜 주세요."
        ) from error
    if not isinstance(manifest, dict) or not {"study", "reports"} <= set(manifest):
        raise PolicyTextError(
            f"{path.name}에 study와 reports가 있어야 하는데 없습니다: 보고서의 "
            "manifest.json이 아닙니다."
        )
    if manifest.get("run", "") not in ("", run_id(manifest)):
        raise PolicyTextError(f"{path}이 바뀌었거나 망가졌습니다. 보고서를 다시 만들어 주세요.")
    return manifest


def run_id(manifest: Mapping) -> str:
    """A run's name: a hash of all that its manifest says, so the same run has the same name."""
    told = {key: value for key, value in manifest.items() if key != "run"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def facts(manifest: Mapping) -> dict[str, str]:
    """Everything the chapters' tables of conditions say; a later chapter does not overrule.

    >>> facts({"reports": [{"methods": [{"facts": {"가": "1"}}]}, {"methods": []}]})
    {'가': '1'}
    """
    merged: dict[str, str] = {}
    for report in manifest["reports"]:
        for methods in report["methods"]:
            merged = methods["facts"] | merged
    return merged


def _shown_facts(manifest: Mapping) -> dict[str, str]:
    found = facts(manifest)
    return {label: found[key] for key, label in FACTS_SHOWN.items() if key in found}


def _front_figure(manifest: Mapping, folder: Path, above: str = "") -> dict | None:
    """A figure of a study, from its chapter's page; `above` is the way from the index there."""
    # None of single words, which the checks may not bear out, where another is small enough; one of
    # comparisons only from a chapter that answers; none of topics where only others are headlines.
    figures = [(report, figure) for report in manifest["reports"] for figure in report["figures"]]
    leading = {finding["file"] for finding in answers(manifest)}
    about = {row.get("about") for row in _of_kind(manifest, "headlines")} - {None}
    names = FRONT_FIGURES if "topic" in about or not about else FRONT_FIGURES[1:]
    first = [
        (chapter, figure)
        for name in names
        for chapter, figure in figures
        if figure["name"] == name and (name == "coverage" or chapter["file"] in leading)
    ]
    for chapter, record in [*first, *figures]:
        file = chapter["file"]
        page = (folder / file).read_text(encoding="utf-8")
        block = page.partition(f'id="figure-{record["number"]}"')[2].partition("</figure>")[0]
        card = re.search('class="card([^"]*)"[^>]*>(.*<svg .*?)</div>', block, re.DOTALL)
        if card and len(card[2]) <= PICTURE_LIMIT:
            linked = re.sub('(<a [^>]*href=")#', rf"\g<1>{above}{file}#", card[2])
            own = rf"\g<1>{folder.name}-"  # several studies on one page
            svg = Markup(re.sub(r'(\bid="|href="#|url\(#)', own, linked))
            told = {"file": file, "title": chapter["title"], "columns": card[1]}
            return {"svg": svg, "caption": record["caption"]} | told
    return None


def with_fonts(pages: Sequence[str]) -> list[str]:
    """Pages with one font of the letters of all: a page that is mailed alone stays whole."""
    letters, strong = set().union(*pages), set(map(chr, range(32, 127)))
    for page in pages:
        strong.update(*(one.text_content() for one in lxml.html.fromstring(page).xpath(BOLD)))
    told = ["".join(sorted(own)) for own in (letters, strong)]
    place = store.entry("report.fonts", (inspect.getsource(_faces), fontTools.version, told))
    faces = store.kept(place, lambda: _faces(*told))
    return [page.replace(FONTS, faces, 1) for page in pages]


def _render(template: str, **page) -> str:
    style = (results.ASSETS / "report.css").read_text(encoding="utf-8")
    page = {"script": None, "style": Markup(style)} | page
    html = results.template(template).render(page=page)
    return html.replace(COLOURS, inline.page_colours(html), 1)


def _faces(regular: str, bold: str) -> str:
    faces = []
    for weight, name, letters in ((400, "regular", regular), (700, "bold", bold)):
        # Hints are a quarter of the font, and screens of today need none.
        options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False)
        with subset.load_font(results.ASSETS / f"policytext-sans-{name}.woff2", options) as font:
            subsetter = subset.Subsetter(options)
            subsetter.populate(text=letters)
            subsetter.subset(font)
            file = io.BytesIO()
            subset.save_font(font, file, options)
        faces.append(
            f'@font-face {{ font-family: "PolicyText Sans"; font-weight: {weight}; '
            f'src: url("{results.data_uri("font/woff2", file.getvalue())}") format("woff2"); }}'
        )
    return "\n".join(faces)


def _script() -> dict:
    """The page's only script, and its SHA-256 for the Content-Security-Policy."""
    text = (results.ASSETS / "report.js").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return {"text": Markup(text), "sha256": base64.b64encode(digest).decode("ascii")}
