/* What is typed and not saved is kept as a copy: at once in this browser, and soon on the server, so that it is there
   after a crash, a dead server, a lost session, and on another machine. Each form that was opened has a copy of its own. */
{
  const box = document.getElementById("kept")
  const form = box.closest("form")
  const SOON = 20_000 // milliseconds between a change and its copy on the server
  const MOST_ALIVE = 60_000 // letters that a browser still sends for a page that is left
  const LEFT_OUT = new Set(["csrfmiddlewaretoken", "base", "next", "copy"])
  const state = document.getElementById("saved-state")
  const echo = form.querySelector("[data-state]")

  const id = () => form.elements.copy.value
  const keyOf = (copy) => `desk:${box.dataset.sheet}-${copy}`
  const read = (name) => { try { return JSON.parse(localStorage.getItem(name)) } catch { return null } }
  const typed = () => Object.fromEntries([...new FormData(form)].filter(([name]) => !LEFT_OUT.has(name) && !name.startsWith("_")))
  const refused = Boolean(form.querySelector(".errornote, .conflict:not(#behind)"))
  let onServer = JSON.parse(document.getElementById("kept-here").textContent)
  let asSaved = typed()

  /* A copy has done its work when the server names it among those saved, or says the same. Nothing else proves it. */
  const plain = (value = "") => value.replace(/ (?:target|rel|class|data-type)="[^"]*"|&nbsp;|\s/g, "")
  const COMPARED = /^(title|standfirst|body|tags|photo|key_points_\d+|seo_\w+)$/
  const same = (one, other) =>
    Object.keys({ ...one, ...other }).every((name) => !COMPARED.test(name) || plain(one[name]) === plain(other[name]))

  function forget(copy) {
    if (copy.name) localStorage.removeItem(copy.name)
    if (copy.id) tell(copy.id) // always: it may have come there after this page was drawn
    onServer = onServer.filter((kept) => kept.id !== copy.id)
  }
  function tell(copy) {
    const body = new FormData()
    for (const [name, value] of [["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value], ["copy", copy], ["_forget", "1"]]) body.set(name, value)
    fetch(box.dataset.url, { method: "POST", body }).catch(() => {})
  }

  /* The newest copy of this sheet is offered, unless its form is still open in another tab, which holds a lock on it. */
  async function look() {
    const open = new Set((await navigator.locks?.query())?.held.map((lock) => lock.name))
    const saved = new Set(box.dataset.saved.split(" "))
    const start = `desk:${box.dataset.sheet}`
    const here = Object.keys(localStorage)
      .filter((name) => name === start || name.startsWith(`${start}-`))
      .map((name) => ({ ...read(name), name, id: name.slice(start.length + 1) }))
    const known = new Set(here.map((copy) => copy.id))
    const copies = [...here, ...onServer.filter((copy) => !known.has(copy.id))].filter((copy) => copy.fields && !open.has(keyOf(copy.id)))
    for (const copy of copies) if (saved.has(copy.id) || same(copy.fields, asSaved)) forget(copy)
    const [newest] = copies.filter((copy) => copy.id !== id() && !saved.has(copy.id) && !same(copy.fields, asSaved))
      .sort((a, b) => new Date(b.at) - new Date(a.at))
    if (newest) offer(newest)
  }

  function offer(copy) {
    box.hidden = false
    box.querySelector("[data-when]").textContent = new Date(copy.at).toLocaleString(document.documentElement.lang, { timeZone: box.dataset.zone })
    box.querySelector("[data-bring]").onclick = () => {
      /* What was typed here meanwhile is another text: it keeps a copy of its own. */
      if (!same(typed(), asSaved)) store(`${keyOf(id())}~${Date.now()}`)
      /* It was typed upon that version: whoever saved since is told of, and nothing of his is written over. */
      if (box.dataset.pk) form.elements.base.value = copy.version
      bring(copy.fields)
      keep()
      forget(copy)
      box.hidden = true
    }
    box.querySelector("[data-forget]").onclick = () => { forget(copy); box.hidden = true; look() }
  }

  function bring(fields) {
    for (const input of form.querySelectorAll("input, textarea, select")) {
      if (!input.name || LEFT_OUT.has(input.name) || ["file", "submit"].includes(input.type)) continue
      if (input.type === "checkbox") input.checked = fields[input.name] === input.value
      else if (input.name in fields) input.value = fields[input.name]
      input.dispatchEvent(new CustomEvent("desk:set", { detail: fields[input.name] }))
      input.dispatchEvent(new Event("input", { bubbles: true }))
    }
  }

  function store(name) {
    const copy = { at: new Date().toISOString(), version: form.elements.base.value, fields: typed() }
    try { localStorage.setItem(name, JSON.stringify(copy)) } catch { /* The browser is full: the server still keeps it. */ }
  }
  let wait, soon, sending
  function keep() {
    clearTimeout(wait)
    wait = null
    store(keyOf(id()))
    soon ||= setTimeout(send, SOON)
  }

  async function send() {
    if (wait) keep()
    if (!soon || sending) return
    clearTimeout(soon)
    soon = null
    const body = new FormData(form)
    body.set("_pk", box.dataset.pk)
    const large = [...body.values()].join("").length > MOST_ALIVE
    const copy = id()
    sending = fetch(box.dataset.url, { method: "POST", body, keepalive: document.hidden && !large }).catch(() => null)
    const answer = await sending
    sending = null
    const kept = answer?.ok && !answer.redirected && (await answer.json().catch(() => null))
    if (copy !== id()) return kept && tell(copy) // saved meanwhile
    if (kept) onServer.push({ id: copy })
    else soon ||= setTimeout(send, SOON)
    for (const place of [state, echo]) if (place) place.textContent = kept ? kept.said : box.dataset.onlyHere
  }

  let release
  const lock = () => navigator.locks?.request(keyOf(id()), () => new Promise((done) => { release = done }))
  ;(refused ? Promise.resolve() : look()).then(lock)

  form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(keep, 800) })
  form.addEventListener("submit", (event) => { if (event.submitter?.formTarget !== "_blank") { keep(); clearTimeout(soon); soon = null } })
  document.addEventListener("visibilitychange", () => { if (document.hidden) send() })
  addEventListener("online", send)

  /* Saved without leaving the page: what is typed from now on is another copy. */
  let before = { key: keyOf(id()), id: id() }
  form.addEventListener("desk:saved", (event) => {
    localStorage.removeItem(before.key)
    onServer = onServer.filter((kept) => kept.id !== before.id)
    before = { key: keyOf(id()), id: id() }
    if (event.detail.touched) keep()
    else { clearTimeout(wait); wait = null; clearTimeout(soon); soon = null; asSaved = typed() }
    release?.()
    lock()
  })
}
