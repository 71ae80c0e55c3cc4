/* The desk's first page names what was typed in this browser and never saved (desk-keep.js keeps it). */
{
  const box = document.getElementById("kept-copies")
  const list = box.querySelector("ul")
  for (const name of Object.keys(localStorage)) {
    const [, id] = /^desk:article-(\d+|new-)/.exec(name) || []
    if (!id) continue
    const copy = JSON.parse(localStorage.getItem(name))
    const link = Object.assign(document.createElement("a"), {
      href: id === "new-" ? box.dataset.add : box.dataset.add.replace("add/", `${id}/change/`),
      textContent: copy.fields.title || box.dataset.untitled,
    })
    const when = Object.assign(document.createElement("small"), { textContent: new Date(copy.at).toLocaleString(document.documentElement.lang, { timeZone: box.dataset.zone }) })
    const row = document.createElement("li")
    row.append(link, " ", when)
    list.append(row)
    box.hidden = false
  }
}
