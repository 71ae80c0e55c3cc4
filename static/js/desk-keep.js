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
  const typed = (sent = new FormData(form)) => Object.fromEntries([...sent].filter(([name]) => !LEFT_OUT.has(name) && !name.startsWith("_")))
  let refused = Boolean(form.querySelector(".errornote, .conflict:not(#behind)"))
  const savedOnes = () => new Set(box.dataset.saved.split(" "))
  let onServer = JSON.parse(document.getElementById("kept-here").textContent)
  let asSaved = typed()
  /* Whether this form was perhaps saved, without an answer: what is typed since then no server has named. */
  let unsure = savedOnes().has(id())

  /* A copy has done its work when the server names it among those saved, or says the same. Nothing else proves it. */
  const plain = (value = "") => value.replace(/ (?:target|rel|class|data-type)="[^"]*"|&nbsp;|\s/g, "")
  const COMPARED = /^(title|standfirst|body|tags|photo|alt-\d+|key_points_\d+|seo_\w+)$/
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

  const saves = (copy) => savedOnes().has(copy.id) && !copy.unsure

  /* What was saved is let go of here, whatever sheet it was typed on: that of a new article is shown no more. */
  for (const name of Object.keys(localStorage)) {
    const [, copy] = /^desk:(?:article|page)-(?:\d+|new)-(.+)$/.exec(name) || []
    if (copy && saves({ ...read(name), id: copy })) localStorage.removeItem(name)
  }

  /* The newest copy of this sheet is offered, after one that was brought back the one before that, unless its form is
     still open in another tab, which holds a lock on it. What is offered stays until it is taken or refused. */
  async function look(brought) {
    const open = new Set((await navigator.locks?.query())?.held.map((lock) => lock.name))
    const start = `desk:${box.dataset.sheet}`
    const here = Object.keys(localStorage)
      .filter((name) => name === start || name.startsWith(`${start}-`))
      .map((name) => ({ ...read(name), name, id: name.slice(start.length + 1) }))
    const known = new Set(here.map((copy) => copy.id))
    const copies = [...here, ...onServer.filter((copy) => !known.has(copy.id))]
      .filter((copy) => copy.fields && copy.id !== id() && !open.has(keyOf(copy.id)))
    const done = (copy) => saves(copy) || same(copy.fields, asSaved)
    for (const copy of copies) if (done(copy)) forget(copy)
    const left = copies.filter((copy) => !done(copy)).sort((a, b) => new Date(b.at) - new Date(a.at))
    const next = left.find((copy) => !brought || new Date(copy.at) < new Date(brought.at)) || left[0]
    if (next) offer(next)
  }

  /* Return the labels of the fields of which a copy says something else than what was saved. */
  function different(fields) {
    const names = Object.keys({ ...fields, ...asSaved }).filter((name) => COMPARED.test(name) && plain(fields[name]) !== plain(asSaved[name]))
    const labels = names.map((name) => {
      const [input] = form.querySelectorAll(`[name="${CSS.escape(name)}"]`)
      return (input?.closest("fieldset")?.querySelector("legend") ?? input?.labels?.[0])?.textContent.replace(/[\s:]+$/, "").trim()
    })
    return [...new Set(labels)].filter(Boolean)
  }

  function offer(copy) {
    box.hidden = false
    const how = { dateStyle: "long", timeStyle: "short", timeZone: box.dataset.zone }
    box.querySelector("[data-when]").textContent = new Date(copy.at).toLocaleString(document.documentElement.lang.replace(/^en$/, "en-GB"), how)
    box.querySelector("[data-what]").textContent = different(copy.fields).join(", ")
    box.querySelector("[data-bring]").onclick = () => {
      /* What was typed here meanwhile is another text: it keeps a copy of its own. */
      if (!same(typed(), asSaved)) store(`${keyOf(id())}~${Date.now()}`)
      /* It was typed upon that version: whoever saved since is told of, and nothing of his is written over. */
      if (box.dataset.pk) form.elements.base.value = copy.version
      bring(copy.fields)
      if (keep()) forget(copy)
      box.hidden = true
      look(copy)
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
    brought(fields)
  }
  /* What no field of the form holds, such as the words of a photo, comes back also to a form that was refused. */
  const brought = (fields) => form.dispatchEvent(new CustomEvent("desk:brought", { detail: fields }))
  if (refused) addEventListener("load", () => brought(read(keyOf(id()))?.fields || {}))

  /* Return whether the browser had room for it: where it has none the server still keeps it. */
  function store(name) {
    const copy = { at: new Date().toISOString(), version: form.elements.base.value, fields: typed(), unsure }
    try { localStorage.setItem(name, JSON.stringify(copy)) } catch { return false }
    return true
  }
  let wait, soon, sending
  function keep() {
    clearTimeout(wait)
    wait = null
    if (unchanged()) return drop()
    soon ||= setTimeout(send, SOON)
    return store(keyOf(id()))
  }

  /* What says no more than what is saved needs no copy. Of a form that was refused nobody here knows what is saved. */
  const unchanged = () => !refused && !unsure && JSON.stringify(typed()) === JSON.stringify(asSaved)
  function drop() {
    clearTimeout(soon)
    soon = null
    localStorage.removeItem(keyOf(id()))
    if (onServer.some((kept) => kept.id === id())) forget({ id: id() })
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
    sending = session.post(box.dataset.url, body, { keepalive: document.hidden && !large })
    const answer = await sending
    sending = null
    const kept = answer?.ok && !answer.redirected && (await answer.json().catch(() => null))
    if (copy !== id()) return kept && tell(copy) // saved meanwhile
    if (kept) onServer.push({ id: copy })
    else soon ||= setTimeout(send, SOON)
    if (session.isOver(answer)) return
    for (const place of [state, echo]) if (place) place.textContent = kept?.said || box.dataset.onlyHere
  }

  let release
  const lock = () => navigator.locks?.request(keyOf(id()), () => new Promise((done) => { release = done }))
  ;(refused ? Promise.resolve() : look()).then(lock)

  let touched = false
  form.addEventListener("input", () => { touched = true; clearTimeout(wait); wait = setTimeout(keep, 800) })
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return
    unsure = false
    if (touched || !refused) keep()
    clearTimeout(soon)
    soon = null
  })
  form.addEventListener("desk:lost", () => { unsure = true; keep() })
  form.addEventListener("desk:refused", keep)
  document.addEventListener("visibilitychange", () => { if (document.hidden) send() })
  addEventListener("online", send)

  /* Saved without leaving the page: what is typed from now on is another copy. */
  let before = { key: keyOf(id()), id: id() }
  form.addEventListener("desk:saved", (event) => {
    refused = false
    localStorage.removeItem(before.key)
    onServer = onServer.filter((kept) => kept.id !== before.id)
    asSaved = typed(event.detail.sent)
    before = { key: keyOf(id()), id: id() }
    if (event.detail.touched) keep()
    else { clearTimeout(wait); wait = null; clearTimeout(soon); soon = null; asSaved = typed() }
    release?.()
    lock()
  })
}
