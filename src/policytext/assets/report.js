// Sortable and filterable tables, and a search over the evidence of the page.
// Everything it adds is a convenience: without it all rows, folds and links are there.
"use strict";
(() => {
  const collator = new Intl.Collator("ko", { numeric: true });
  const LONG = 15; // rows from which a table gets a filter
  const LISTED = 50; // sentences listed by the search; the number found is always said

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children); // strings become text, never markup
    return element;
  };
  const plain = (text) => text.normalize("NFC").toLocaleLowerCase("ko").replace(/\s+/g, " ").trim();
  const live = () => make("p", { class: "found", role: "status", "aria-live": "polite" });

  // "–" is missing and comes last either way; "<0.001" is a little less than 0.001.
  const numberOf = (text) => {
    const value = parseFloat(text.replace(/[,%]/g, "").replace(/^[−]/, "-").replace("<", ""));
    return Number.isNaN(value) ? null : value - (text.includes("<") ? 1e-9 : 0);
  };
  const compare = (isNumber) => (a, b) =>
    isNumber ? numberOf(a) - numberOf(b) : collator.compare(a, b);
  const isMissing = (text, isNumber) => (isNumber ? numberOf(text) === null : /^–?$/.test(text));

  // The folded rest of a long table joins its body, so that sorting reaches every row.
  const joinRest = (block, body) => {
    const fold = block.querySelector(":scope > details");
    const shown = body.rows.length;
    if (!fold) return null;
    const hidden = fold.querySelectorAll("tbody > tr").length;
    body.append(...fold.querySelectorAll("tbody > tr"));
    const button = make("button", { type: "button", class: "more", "aria-expanded": "false" });
    fold.replaceWith(button, ...fold.querySelectorAll(":scope > .sample"));
    const rest = { shown, isOpen: false };
    rest.label = () => {
      button.textContent = rest.isOpen ? `처음 ${shown}행만 보기` : `나머지 ${hidden}행 보기`;
      button.setAttribute("aria-expanded", String(rest.isOpen));
    };
    rest.button = button;
    rest.label();
    return rest;
  };

  const enhance = (place) => {
    const block = place.querySelector(":scope > .rows") ?? place;
    const table = block.querySelector("table");
    const body = table && table.tBodies[0];
    if (!body || body.rows.length < 2) return;
    const rest = joinRest(block, body);
    const original = [...body.rows];
    const read = (cell) => (cell.querySelector("summary") ?? cell).textContent; // not what is folded
    const written = new Map(original.map((row) => [row, plain([...row.cells].map(read).join(" "))]));
    let rows = original;
    let query = "";
    const status = live();
    const show = () => {
      const matching = rows.filter((row) => written.get(row).includes(query));
      const limit = rest && !rest.isOpen && !query ? rest.shown : Infinity;
      const visible = new Set(matching.slice(0, limit));
      rows.forEach((row) => { row.hidden = !visible.has(row); });
      if (rest) rest.button.hidden = Boolean(query);
      status.textContent = query ? `${original.length}행 가운데 ${matching.length}행` : "";
    };
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (original.some((row) => row.cells[column]?.querySelector("details"))) return;
      const isNumber = head.classList.contains("number");
      const button = make("button", { type: "button", class: "sort" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const order = isNumber ? ["descending", "ascending"] : ["ascending", "descending"];
        const next = order[order.indexOf(before) + 1]; // the third click gives the first order back
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        rows = [...original];
        if (next) {
          head.setAttribute("aria-sort", next);
          const text = (row) => row.cells[column].textContent.trim();
          const sign = next === "ascending" ? 1 : -1;
          const between = compare(isNumber);
          rows.sort((a, b) => isMissing(text(a), isNumber) - isMissing(text(b), isNumber)
            || sign * between(text(a), text(b)) || 0);
        }
        body.append(...rows);
        show();
      });
    });
    if (rest) rest.button.addEventListener("click", () => {
      rest.isOpen = !rest.isOpen;
      rest.label();
      show();
    });
    if (original.length >= LONG) {
      const box = make("input", { type: "search", autocomplete: "off" });
      box.addEventListener("input", () => { query = plain(box.value); show(); });
      table.closest(".scroll").before(make("div", { class: "tools" }, make("label", {}, "표에서 찾기 ", box), status));
    }
    show();
  };

  const open = (item) => {
    for (let above = item; above; above = above.parentElement) {
      if (above.tagName === "DETAILS") above.open = true;
      above.hidden = false;
    }
    item.tabIndex = -1;
    item.focus();
    item.scrollIntoView({ block: "center" });
  };

  // A mark of a figure opens what its row counts.
  document.addEventListener("click", (event) => {
    const mark = event.target.closest("svg a");
    const row = mark && document.getElementById(mark.getAttribute("href").slice(1));
    if (!row) return;
    event.preventDefault();
    row.querySelectorAll(".evidence").forEach((fold) => { fold.open = true; });
    open(row);
  });

  // One switch shows the code of every result, or none.
  const codes = [...document.querySelectorAll(".code")];
  const addSwitch = (place) => {
    const button = make("button", { type: "button", id: "switch", "aria-pressed": "false" }, "코드 모두 보기");
    button.addEventListener("click", () => {
      const isOn = document.body.classList.toggle("with-code");
      button.setAttribute("aria-pressed", String(isOn));
      codes.forEach((code) => { code.open = isOn; });
    });
    document.body.classList.add("switched");
    place.append(button);
    place.hidden = false;
  };

  const search = (place) => {
    if (codes.length) addSwitch(place);
    const quotes = [...document.querySelectorAll(".evidence li")];
    const items = [...new Map(quotes.map((quote) => [plain(quote.textContent), quote]))];
    if (!items.length) return;
    const box = make("input", { type: "search", autocomplete: "off" });
    const status = live();
    const list = make("ol", {});
    box.addEventListener("input", () => {
      const query = plain(box.value);
      const found = query ? items.filter(([text]) => text.includes(query)) : [];
      status.textContent = query ? `근거 ${items.length}건 가운데 ${found.length}건` : "";
      list.replaceChildren(...found.slice(0, LISTED).map(([, item]) => {
        const button = make("button", { type: "button" }, item.firstElementChild.textContent);
        button.addEventListener("click", () => open(item));
        return make("li", {}, button);
      }));
    });
    place.append(make("label", {}, "이 쪽의 근거에서 찾기 ", box), status, list);
    place.hidden = false;
  };

  // Opened sentences lie under the whole row; how far down, only the texts beside them tell.
  const lower = (fold) => {
    const cell = fold.closest("td:last-child");
    const lines = fold.querySelector(":scope > .lines");
    if (!cell || !lines || !fold.open) return;
    cell.classList.add("under");
    lines.style.marginTop = "0";
    const text = document.createRange();
    const beside = [...cell.parentElement.cells].filter((other) => other !== cell);
    const bottoms = beside.map((other) => {
      text.selectNodeContents(other);
      return text.getBoundingClientRect().bottom;
    });
    const gap = Math.max(...bottoms) - lines.getBoundingClientRect().top;
    lines.style.marginTop = `${Math.max(0, gap)}px`;
  };
  // Bubbling or not, every fold of the page reports here.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches(".evidence")) lower(event.target);
  }, true);

  document.querySelectorAll("main .table").forEach(enhance);
  document.querySelectorAll("#search").forEach(search);
})();
