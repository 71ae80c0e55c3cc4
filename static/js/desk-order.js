/* What stands in an order is put up and down; the numbers that say so without this script are written when it is saved. */
for (const group of document.querySelectorAll(".inline-group")) {
  const rows = () => [...group.querySelectorAll(".inline-related:not(.empty-form)")]
  const place = (row) => row.querySelector("[name$='-position']")
  if (!group.querySelector("[name$='-position']")) continue
  const words = document.getElementById("order-words").dataset
  /* Links of one purpose have an order of their own. */
  const peers = (row) => rows().filter((other) => purpose(other) === purpose(row))
  const purpose = (row) => row.querySelector("[name$='-purpose']")?.value
  const filled = (row) => ["article", "title", "url"].some((name) => row.querySelector(`[name$='-${name}']`)?.value)

  function button(row, words, step) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "order", textContent: step < 0 ? "↑" : "↓" })
    made.setAttribute("aria-label", words)
    made.title = words
    made.addEventListener("click", () => {
      const all = peers(row)
      const other = all[all.indexOf(row) + step]
      if (!other) return
      step < 0 ? other.before(row) : other.after(row)
      made.focus()
    })
    return made
  }

  function equip(row) {
    if (!place(row) || row.querySelector(".order")) return
    place(row).closest(".form-row").hidden = true
    row.querySelector("h3").append(button(row, words.up, -1), button(row, words.down, 1))
  }

  const { order } = group.querySelector("[name$='-position']").dataset
  if (order) group.querySelector("h2").after(Object.assign(document.createElement("p"), { className: "help", textContent: order }))
  rows().forEach(equip)
  document.addEventListener("formset:added", ({ target }) => group.contains(target) && equip(target))
  group.closest("form").addEventListener("submit", () => {
    rows().filter(filled).forEach((row, at) => { place(row).value = at + 1 })
  })
}
