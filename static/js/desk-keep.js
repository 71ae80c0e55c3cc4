/* What is typed and not saved stays in this browser, until it is saved: after a crash, a dead server, a lost session. */
{
  const form = document.getElementById("article_form")
  const key = `desk:${form.dataset.kept}`
  const box = document.getElementById("kept")
  const NEW = "desk:article-new-"
  const LEFT_OUT = new Set(["csrfmiddlewaretoken", "base", "next", "copy"])

  const read = (name) => { try { return JSON.parse(localStorage.getItem(name)) } catch { return null } }
  const forget = (name) => localStorage.removeItem(name)
  const typed = () => Object.fromEntries([...new FormData(form)].filter(([name]) => !LEFT_OUT.has(name)))

  /* A copy has done its work when the server says the same words, or names it among those saved. Nothing else proves it. */
  const words = (fields) =>
    ["title", "standfirst", "body"].map((name) => (fields[name] || "").replace(/<[^>]+>|&\w+;|\P{L}+/gu, "")).join("|")
  const blank = words({})
  const refused = form.querySelector(".errornote, .conflict")
  for (const id of form.dataset.saved.split(" ")) forget(NEW + id)
  /* Each new article has a copy of its own; the newest of those not saved is offered, whichever form it was typed in,
     unless that form is still open in another tab, which holds a lock on it. */
  const look = async () => {
    const open = new Set((await navigator.locks?.query())?.held.map((lock) => lock.name))
    const names = key.startsWith(NEW) ? Object.keys(localStorage).filter((name) => name.startsWith(NEW)) : [key]
    const copies = names.map((name) => [name, read(name)]).filter(([name, copy]) => copy?.fields && !open.has(name))
    const [name, kept] = copies.sort(([, a], [, b]) => b.at.localeCompare(a.at))[0] || []
    if (kept) words(kept.fields) === words(typed()) ? forget(name) : offer(name, kept)
  }
  (refused ? Promise.resolve() : look()).then(() => navigator.locks?.request(key, () => new Promise(() => {})))

  function offer(name, copy) {
    box.hidden = false
    box.querySelector("[data-when]").textContent = new Date(copy.at).toLocaleString(document.documentElement.lang, { timeZone: form.dataset.zone })
    box.querySelector("[data-bring]").onclick = () => {
      /* What was typed here meanwhile is another article: it keeps a copy of its own. */
      if (name !== key && words(typed()) !== blank) localStorage.setItem(`${key}-${Date.now()}`, JSON.stringify(copyOf(typed())))
      /* It was typed upon that version: whoever saved since is told of, and nothing of his is written over. */
      if (name === key) form.elements.base.value = form.dataset.version = copy.version
      bring(copy.fields)
      keep()
      if (name !== key) forget(name)
      box.hidden = true
    }
    box.querySelector("[data-forget]").onclick = () => { forget(name); box.hidden = true; look() }
  }

  function bring(fields) {
    for (const input of form.querySelectorAll("input, textarea, select")) {
      if (!input.name || LEFT_OUT.has(input.name) || input.type === "file") continue
      if (input.type === "checkbox") input.checked = input.name in fields
      else if (input.name in fields) input.value = fields[input.name]
      input.dispatchEvent(new CustomEvent("desk:set", { detail: fields[input.name] }))
      input.dispatchEvent(new Event("input", { bubbles: true }))
    }
  }

  const copyOf = (fields, sent = false) => ({ at: new Date().toISOString(), version: form.dataset.version, fields, sent })
  let wait
  function keep(sent = false) {
    try { localStorage.setItem(key, JSON.stringify(copyOf(typed(), sent))) } catch { /* The browser is full: the server still saves. */ }
  }
  form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(keep, 800) })
  form.addEventListener("submit", (event) => { clearTimeout(wait); keep(event.submitter?.formTarget !== "_blank") })
}
