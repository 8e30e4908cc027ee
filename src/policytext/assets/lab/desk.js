// A screen of HTML parts made in Python: what is clicked, typed or chosen goes back to it.
function render({ model, el }) {
  const shown = {};
  const tip = document.createElement("div");
  tip.className = "tip";
  el.classList.add("policytext-desk");
  el.dataset.lmSuppressShortcuts = "true";
  el.tabIndex = -1; // what is clicked in it keeps the keys in it
  el.append(tip);

  const ask = (what, value, more = {}) => {
    const line = el.querySelector(".status");
    const anew = more.of === "analyser" ? "글을 모두 다시 읽는 중… 처음에는 몇 분 걸립니다" : "세는 중…";
    if (line) line.textContent = `⏳ ${anew}`;
    model.send({ ask: what, value, ...more });
  };

  // What is pressed stays until it is let go: of a button drawn anew in between no click would come.
  let [pressed, late] = [false, false];
  el.addEventListener("pointerdown", () => { pressed = true; });
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, () => {
      pressed = false;
      if (late) setTimeout(draw);
    });
  }

  const draw = () => {
    late = pressed;
    if (late) return;
    const inside = el.contains(document.activeElement);
    const focused = inside ? document.activeElement.id : "";
    const open = [...el.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]);
    for (const [name, html] of Object.entries(model.get("parts"))) {
      if (shown[name] === html && name !== "status") continue;
      let box = el.querySelector(`:scope > .part-${name}`);
      if (!box) {
        box = document.createElement("div");
        box.className = `part part-${name}`;
        el.append(box);
      }
      box.innerHTML = shown[name] = html;
      for (const mark of box.querySelectorAll("svg a, svg g:has(> title)")) {
        mark.setAttribute("aria-label", mark.querySelector("title").textContent);
        mark.querySelector("title").remove();
        if (mark.tagName === "a") mark.setAttribute("tabindex", "0");
      }
      const hit = box.querySelector("mark.here");
      if (hit) go(hit);
    }
    for (const [id, was] of open) {
      const fold = document.getElementById(id);
      if (fold) fold.open = was;
    }
    el.querySelector(".status.fault")?.scrollIntoView({ block: "nearest" });
    if (inside) ((focused && document.getElementById(focused)) || el).focus({ preventScroll: true });
  };

  const go = (mark) => {
    const body = mark.closest("article");
    mark.parentElement.querySelector(".here")?.classList.remove("here");
    mark.classList.add("here");
    body.scrollTop = mark.offsetTop - body.offsetTop - body.clientHeight / 2;
  };
  const move = (by) => {
    const marks = [...el.querySelectorAll("article mark")];
    const at = marks.findIndex((mark) => mark.classList.contains("here"));
    if (marks.length) go(marks[(at + by + marks.length) % marks.length]);
  };

  el.addEventListener("click", (event) => {
    const mark = event.target.closest("svg a");
    const button = event.target.closest("button");
    if (mark) {
      event.preventDefault();
      ask("row", mark.getAttribute("href").split("-r").pop(), { shift: event.shiftKey });
    } else if (button?.dataset.move) {
      move(Number(button.dataset.move));
    } else if (button?.dataset.ask) {
      ask(button.dataset.ask, button.dataset.value, { of: button.dataset.of });
    }
  });
  el.addEventListener("change", (event) => {
    const { ask: what, of } = event.target.dataset;
    if (what) ask(what, event.target.value, { of });
  });
  el.addEventListener("keydown", (event) => {
    event.stopPropagation(); // JupyterLab has shortcuts of single letters
    if (event.target.closest("input, select, textarea")) return;
    const by = { KeyN: 1, KeyP: -1 }[event.code]; // the same keys in a Korean layout
    const back = (event.ctrlKey || event.metaKey) && { KeyZ: "undo", KeyY: "redo" }[event.code];
    if (back) ask("do", event.shiftKey ? "redo" : back);
    else if (by && !event.ctrlKey && !event.metaKey) move(by);
    else return;
    event.preventDefault();
  });
  const point = (event) => {
    const mark = event.target.closest("svg a, svg g[aria-label]");
    tip.textContent = mark ? mark.getAttribute("aria-label") : "";
    if (!mark) return;
    const place = mark.getBoundingClientRect();
    const sheet = el.getBoundingClientRect();
    tip.style.left = `${Math.min(place.left - sheet.left + 12, sheet.width - 260)}px`;
    tip.style.top = `${place.top - sheet.top - 34}px`;
  };
  el.addEventListener("mouseover", point);
  el.addEventListener("focusin", point);
  model.on("change:parts", draw);
  draw();
}
export default { render };
