/* What every page of the desk has: the tab one is in stands in sight; the rows of a list say what they show; menus close
   when one clicks elsewhere or presses Escape; fresh pages. */
for (const current of document.querySelectorAll(".desk__tabs [aria-current]")) {
  const tabs = current.parentElement
  tabs.scrollLeft = current.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2
}
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false
})
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false
    menu.querySelector("summary").focus()
  }
})

/* On a phone a row of a list is a card, and no head stands above its columns: each cell says what it is. */
const heads = [...document.querySelectorAll("#result_list thead th")].map((head) => head.querySelector(".text")?.textContent.trim())
for (const row of document.querySelectorAll("#result_list tbody tr")) {
  const name = row.querySelector("th, td:not(.action-checkbox)")
  for (const cell of row.cells) {
    const says = cell.textContent.trim()
    const label = heads[cell.cellIndex]
    if (cell !== name && label && label !== says) cell.dataset.label = label
    if (/^-?$/.test(says) && !cell.querySelector("img, input, select")) cell.dataset.nothing = ""
  }
}

/* This browser may still hold a page as it was before what has just been saved. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-fresh], a.viewsitelink")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  fetch(link.href, { cache: "reload" }).catch(() => {}).finally(() => location.assign(link.href))
})

/* The address that a link leads to, to be pasted elsewhere; offered again where a save has drawn the button anew. */
function offerCopies() {
  for (const button of document.querySelectorAll("[data-copies]")) button.hidden = !navigator.clipboard
}
offerCopies()
document.addEventListener("desk:saved", offerCopies, true)
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]")
  if (!button) return
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).href)
  button.textContent = button.dataset.copied
})

/* Django's own way to an address makes largent of L’argent and uvre of œuvre. Here it is l-argent and oeuvre, as where the server makes one. */
if (window.URLify) {
  const stock = window.URLify
  window.URLify = (title, ...how) => stock(title.replace(/['’ʼ]/g, " ").replace(/œ/gi, "oe").replace(/æ/gi, "ae"), ...how)
}
