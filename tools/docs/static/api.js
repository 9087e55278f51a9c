// Runs before Redoc, whose script is a module.
{
  // Drawn here from the start: what the builder has drawn links to paths of a web server, and this page opens from disk.
  document.getElementById("redoc").replaceChildren();

  // The other language opens at the same operation.
  const other = document.getElementById("other");
  const page = other.getAttribute("href");
  const follow = () => other.setAttribute("href", page + location.hash);
  other.addEventListener("pointerenter", follow);
  other.addEventListener("focus", follow);
  other.addEventListener("click", follow);

  // Redoc speaks English only: its own words are replaced wherever they appear. What the contract says is not touched.
  const { texts = {}, patterns = {} } = JSON.parse(document.getElementById("dictionary").textContent);
  const rules = Object.entries(patterns).map(([from, to]) => [new RegExp(`^${from}$`), to]);
  const translate = (text) => {
    const words = text.trim();
    if (Object.hasOwn(texts, words)) return text.replace(words, () => texts[words]);
    for (const [from, to] of rules) if (from.test(words)) return text.replace(words, () => words.replace(from, to));
    return text;
  };
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement?.closest("pre, code, script, style, [data-component-name*='Markdown']")) return;
      const text = translate(node.data);
      if (text !== node.data) node.data = text;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    // This name hides from a screen reader what the button says.
    if (node.matches('button[aria-label="Example"]')) node.removeAttribute("aria-label");
    for (const name of ["aria-label", "placeholder", "title", "alt"]) {
      const value = node.getAttribute(name);
      if (value && translate(value) !== value) node.setAttribute(name, translate(value));
    }
    for (const child of node.childNodes) visit(child);
  };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(visit);
      else visit(target);
    }
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-label", "placeholder", "title", "alt"] });
}
