/* Tags as labels one sees, adds, moves to the front and takes away; the text field underneath is what is sent. */
{
  const panel = document.querySelector("[data-tags-url]")
  const input = panel.querySelector("input")
  const language = document.getElementById("id_language")
  const list = Object.assign(document.createElement("ul"), { className: "tags" })
  const entry = document.createElement("input")
  const known = Object.assign(document.createElement("datalist"), { id: "tags-known" })
  Object.assign(entry, { type: "text", id: "id_tag_entry", autocomplete: "off", enterKeyHint: "done" })
  entry.setAttribute("list", known.id)
  entry.setAttribute("aria-describedby", "id_tags_helptext")
  panel.querySelector("label").htmlFor = entry.id
  input.hidden = true
  input.after(list, entry, known)

  const read = () => [...input.value.matchAll(/"([^"]+)"|([^,"]+)/g)].map((m) => (m[1] || m[2]).trim()).filter(Boolean)
  const plain = (name) => name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
  const has = (names, name) => names.some((other) => plain(other) === plain(name))

  function write(names) {
    input.value = names.map((name) => (name.includes(",") ? `"${name}"` : name)).join(", ")
    input.dispatchEvent(new Event("input", { bubbles: true }))
    draw()
  }

  function button(text, label, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text })
    made.setAttribute("aria-label", label)
    made.addEventListener("click", act)
    return made
  }

  function draw() {
    const names = read()
    list.replaceChildren(
      ...names.map((name, at) => {
        const item = document.createElement("li")
        item.append(Object.assign(document.createElement("span"), { textContent: name }))
        if (at) item.append(button("↑", `${panel.dataset.first} ${name}`, () => write([name, ...names.filter((n) => n !== name)])))
        item.append(button("×", `${panel.dataset.remove} ${name}`, () => { write(names.filter((n) => n !== name)); entry.focus() }))
        return item
      }),
    )
  }

  function add() {
    const names = read()
    for (const typed of entry.value.replaceAll('"', " ").split(",")) {
      const name = typed.replace(/\s+/g, " ").trim()
      if (name && !has(names, name)) names.push(name)
    }
    entry.value = ""
    if (names.length > read().length) write(names)
  }

  let wait
  entry.addEventListener("input", (event) => {
    event.stopPropagation()
    if (entry.value.endsWith(",") || event.inputType === "insertReplacementText") return add()
    clearTimeout(wait)
    wait = setTimeout(complete, 150)
  })
  async function complete() {
    const query = new URLSearchParams({ q: entry.value, language: language.value })
    const answer = await fetch(`${panel.dataset.tagsUrl}?${query}`).catch(() => null)
    if (!answer?.ok) return
    const { tags } = await answer.json()
    known.replaceChildren(...tags.filter((name) => !has(read(), name)).map((name) => new Option(name, name)))
  }
  entry.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); add() }
    if (event.key === "Backspace" && !entry.value && read().length) write(read().slice(0, -1))
  })
  entry.addEventListener("change", add)
  entry.addEventListener("focus", complete, { once: true })
  input.addEventListener("desk:set", draw)
  draw()
}
