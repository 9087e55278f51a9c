// Runs before Redoc, whose script is a module.
{
  // The builder's first drawing links to paths of a web server, but this page also opens from disk: Redoc draws anew.
  document.getElementById("redoc").replaceChildren();

  // The other language opens at the same operation.
  const other = document.getElementById("other");
  const page = other.getAttribute("href");
  const follow = () => other.setAttribute("href", page + location.hash);
  for (const event of ["pointerenter", "focus", "click"]) other.addEventListener(event, follow);

  // Redoc speaks only English: its own texts are replaced wherever they appear, those of the contract stay.
  const { texts = {}, patterns = {} } = JSON.parse(document.getElementById("dictionary").textContent);
  const rules = Object.entries(patterns).map(([from, to]) => [new RegExp(`^${from}$`), to]);
  const translate = (text) => {
    const words = text.trim();
    if (Object.hasOwn(texts, words)) return text.replace(words, () => texts[words]);
    const rule = rules.find(([from]) => from.test(words));
    return rule ? text.replace(words, () => words.replace(...rule)) : text;
  };

  const translatedAttributes = ["aria-label", "placeholder", "title", "alt"];
  const foreign = "pre, code, script, style, [data-component-name*='Markdown']";

  const visitText = (node) => {
    if (node.parentElement?.closest(foreign)) return;
    const text = translate(node.data);
    if (text !== node.data) node.data = text;
  };
  const visitElement = (node) => {
    // This name hides the text of the button from a screen reader.
    if (node.matches('button[aria-label="Example"]')) node.removeAttribute("aria-label");
    for (const name of translatedAttributes) {
      const value = node.getAttribute(name);
      if (value && translate(value) !== value) node.setAttribute(name, translate(value));
    }
    for (const child of node.childNodes) visit(child);
  };
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) visitText(node);
    if (node.nodeType === Node.ELEMENT_NODE) visitElement(node);
  };

  const observer = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(visit);
      else visit(target);
    }
  });
  observer.observe(document.documentElement, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: translatedAttributes,
  });
}
