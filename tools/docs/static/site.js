// The search, the switch between dark and light, and the link to the same place in the other language.
{
  const root = document.documentElement;
  document.getElementById("mode").addEventListener("click", () => {
    const mode = root.classList.contains("dark") ? "light" : "dark";
    root.className = mode;
    try {
      localStorage.setItem("redoc.colorMode", mode); // Redoc's page reads the same entry
    } catch {
      // A browser that stores nothing forgets the choice.
    }
  });

  const other = document.getElementById("other");
  const page = other.getAttribute("href");
  const follow = () => other.setAttribute("href", page + location.hash);
  for (const event of ["pointerenter", "focus", "click"]) other.addEventListener(event, follow);

  // On a phone the menu starts closed.
  if (matchMedia("(max-width: 800px)").matches) document.querySelector("nav details").open = false;

  const form = document.querySelector("form[role=search]");
  const input = form.querySelector("input");
  const found = form.querySelector(".found");
  const status = found.querySelector("p");
  const list = found.querySelector("ol");

  const loadScript = (src) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src, onload: resolve, onerror: () => reject(new Error(`cannot load ${src}`)) });
      document.head.append(script);
    });

  // The options must be those of `src/search-index.ts`.
  const indexOptions = {
    fields: ["heading", "text"],
    storeFields: ["title", "heading"],
    tokenize: (text) => text.split(/[^\p{L}\p{N}_]+/u).filter(Boolean),
    processTerm: (term) => term.toLowerCase().replaceAll("ё", "е"),
  };
  const searchOptions = {
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: "AND",
    boost: { heading: 3 },
    boostDocument: (id) => (id.startsWith("reference-") ? 0.3 : 1),
  };

  let index;
  // Loads scripts, because a page that is opened from disk may not fetch.
  const loadIndex = async () => {
    try {
      await Promise.all([loadScript("../assets/minisearch.js"), loadScript("search.js")]);
      return MiniSearch.loadJSON(searchIndex, indexOptions);
    } catch (error) {
      index = undefined; // the next key stroke tries again
      status.textContent = error.message;
      return { search: () => [] };
    }
  };
  const openIndex = () => (index ??= loadIndex());

  const itemOf = ({ id, title, heading }) => {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("a"), { href: id, textContent: heading }));
    if (title !== heading) item.append(Object.assign(document.createElement("span"), { textContent: title }));
    return item;
  };

  const search = async () => {
    const query = input.value.trim();
    found.hidden = query === "";
    if (query === "") return;
    const results = (await openIndex()).search(query, searchOptions);
    if (input.value.trim() !== query || !index) return;
    const { found: label, nothing } = input.dataset;
    status.textContent = results.length === 0 ? nothing : `${label}: ${results.length}`;
    list.replaceChildren(...results.slice(0, 12).map(itemOf));
  };

  input.addEventListener("focus", () => void openIndex(), { once: true });
  input.addEventListener("input", () => void search());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  list.addEventListener("click", () => (found.hidden = true));
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) found.hidden = true;
  });

  // Ctrl-K and / focus the search, Escape closes its results.
  const isTyping = () => /INPUT|TEXTAREA/.test(document.activeElement?.tagName ?? "");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") found.hidden = true;
    const isShortcut = event.key === "k" && (event.ctrlKey || event.metaKey);
    if (!isShortcut && (event.key !== "/" || isTyping())) return;
    event.preventDefault();
    input.focus();
  });
}
