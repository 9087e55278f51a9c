// The search, the switch between dark and light, and the other language at the same place.
{
  const root = document.documentElement;
  document.getElementById("mode").addEventListener("click", () => {
    const mode = root.classList.contains("dark") ? "light" : "dark";
    root.className = mode;
    try {
      localStorage.setItem("redoc.colorMode", mode); // Redoc's page reads the same
    } catch {} // a browser that keeps nothing
  });

  const other = document.getElementById("other");
  const page = other.getAttribute("href");
  for (const event of ["pointerenter", "focus", "click"]) other.addEventListener(event, () => other.setAttribute("href", page + location.hash));

  // On a phone the menu is closed until it is asked for.
  if (matchMedia("(max-width: 800px)").matches) document.querySelector("nav details").open = false;

  const form = document.querySelector("form[role=search]");
  const input = form.querySelector("input");
  const found = form.querySelector(".found");
  const status = found.querySelector("p");
  const list = found.querySelector("ol");
  const load = (src) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src, onload: resolve, onerror: () => reject(new Error(`cannot load ${src}`)) });
      document.head.append(script);
    });
  let index;
  // Scripts, as a page from disk may not fetch.
  const open = () =>
    (index ??= Promise.all([load("../assets/minisearch.js"), load("search.js")]).then(
      () => MiniSearch.loadJSON(searchIndex, { fields: ["heading", "text"], storeFields: ["title", "heading"], tokenize: (text) => text.split(/[^\p{L}\p{N}_]+/u).filter(Boolean), processTerm: (term) => term.toLowerCase().replaceAll("ё", "е") }),
      (error) => {
        index = undefined; // the next letter tries again
        status.textContent = error.message;
        return { search: () => [] };
      },
    ));
  const search = async () => {
    const query = input.value.trim();
    found.hidden = query === "";
    if (query === "") return;
    const opened = await open();
    const results = opened.search(query, { prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false), combineWith: "AND", boost: { heading: 3 }, boostDocument: (id) => (id.startsWith("reference-") ? 0.3 : 1) });
    if (input.value.trim() !== query || !index) return;
    status.textContent = results.length === 0 ? input.dataset.nothing : `${input.dataset.found}: ${results.length}`;
    list.replaceChildren(
      ...results.slice(0, 12).map(({ id, title, heading }) => {
        const link = Object.assign(document.createElement("a"), { href: id, textContent: heading });
        const item = document.createElement("li");
        item.append(link, ...(title === heading ? [] : [Object.assign(document.createElement("span"), { textContent: title })]));
        return item;
      }),
    );
  };
  input.addEventListener("focus", () => void open(), { once: true });
  input.addEventListener("input", () => void search());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  list.addEventListener("click", () => (found.hidden = true));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") found.hidden = true;
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !/INPUT|TEXTAREA/.test(document.activeElement?.tagName ?? ""))) {
      event.preventDefault();
      input.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) found.hidden = true;
  });
}
