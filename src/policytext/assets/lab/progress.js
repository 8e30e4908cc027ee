// How far "run all cells" is, at the foot of the window; in the end its first lines, or the error.
const line = document.createElement("div");
line.setAttribute("role", "status");
line.className = "policytext-progress";
line.style.cssText =
  "position: fixed; right: 24px; bottom: 40px; z-index: 99; padding: 6px 14px; " +
  "border-radius: 4px; background: #22262b; color: #fff; font-size: 14px;";
let panel = null;
let total = 0;
let begun = 0;
const look = () => {
  panel ??= element.closest(".jp-NotebookPanel");
  const outputs = element.closest(".jp-Cell-outputWrapper"); // no room for this one alone
  const is_alone = outputs?.querySelectorAll(".jp-OutputArea-child").length === 1;
  outputs?.style.setProperty("display", is_alone ? "none" : "");
  if (panel && !panel.isConnected) return line.remove();
  setTimeout(look, 300);
  const prompts = [...(panel?.querySelectorAll(".jp-CodeCell .jp-InputPrompt") ?? [])];
  const left = prompts.filter((prompt) => prompt.textContent.includes("*")).length;
  if (left > total) [total, begun] = [left, Date.now()];
  if (total < 6) { // a few cells are no chapter
    if (!left) total = 0;
    return;
  }
  const spent = Math.round((Date.now() - begun) / 1000);
  line.textContent = `${total}칸 가운데 ${total - left}칸을 실행했습니다 (${spent}초)`;
  document.body.append(line);
  if (left) return;
  const faults = panel.querySelectorAll('[data-mime-type="application/vnd.jupyter.error"]');
  if (faults.length) line.textContent = `결과를 내지 못한 칸이 ${faults.length}개 있습니다`;
  (faults[0] ?? panel.querySelector(".jp-Cell")).scrollIntoView();
  total = 0;
  setTimeout(() => line.remove(), 8000);
};
look();
