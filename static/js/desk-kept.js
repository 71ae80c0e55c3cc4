/* The desk's first page names what was typed in this browser, never saved, and not kept on the server (desk-keep.js). */
{
  const box = document.getElementById("kept-copies")
  const list = box.querySelector("ul")
  const saved = new Set(box.dataset.saved.split(" "))
  const onServer = new Set([...document.querySelectorAll("[data-copy]")].map((row) => row.dataset.copy))
  for (const name of Object.keys(localStorage)) {
    const [, kind, pk, id] = /^desk:(article|page)-(\d+|new)-?(.*)$/.exec(name) || []
    if (!kind || onServer.has(id)) continue
    const copy = JSON.parse(localStorage.getItem(name))
    if (saved.has(id) && !copy.unsure) {
      localStorage.removeItem(name)
      continue
    }
    const add = kind === "page" ? box.dataset.pages : box.dataset.add
    const link = Object.assign(document.createElement("a"), {
      href: pk === "new" ? add : add.replace("add/", `${pk}/change/`),
      textContent: copy.fields.title || box.dataset.untitled,
    })
    const how = { dateStyle: "medium", timeStyle: "short", timeZone: box.dataset.zone }
    const when = Object.assign(document.createElement("small"), { textContent: new Date(copy.at).toLocaleString(document.documentElement.lang.replace(/^en$/, "en-GB"), how) })
    const row = document.createElement("li")
    row.append(link, " ", when)
    list.append(row)
    box.hidden = false
  }
}
