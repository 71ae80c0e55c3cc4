// What the queue and the page of one comment share: keys, one panel at a time and in sight, the bar that closes.
const queue = document.querySelector(".queue[data-user]")
const said = queue.querySelector("[data-said]")
const keys = queue.querySelector("[data-keys]")
const keysOn = keys.querySelector("[data-keys-on]")
const OFF = "moderation-keys-off"

// The queue says which comment is the current one; elsewhere there is only one.
const current = () => queue.querySelector(queue.id ? ".case[aria-current]" : ".case")
// What a summary opens is the form after it.
const panelOf = (part) => part.closest(".panel") ?? part.closest(".panel + .panel__form")?.previousElementSibling
const press = (what) => () => current()?.querySelector(what)?.click()

function open(key, field) {
  const panel = current()?.querySelector(`summary[aria-keyshortcuts=${key}]`)?.parentElement
  if (!panel) return
  panel.open = !panel.open
  panel.open ? panel.nextElementSibling.querySelector(field).focus() : current().focus()
}

const PRESS = {
  a: press("button[aria-keyshortcuts=a]"),
  s: press("button[aria-keyshortcuts=s]"),
  r: () => open("r", ".panel__choices button"),
  e: () => open("e", "textarea"),
  u: () => said.querySelector("[data-undo] button")?.click(),
  "?": () => keys.showModal(),
}

// What has the focus, and whatever is scrolled to, stays above the bars at the foot, however high they have become.
const foot = queue.querySelector(".queue__foot")
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--foot", `${foot.offsetHeight}px`)
  const here = document.activeElement
  if (here.closest(".case")) here.scrollIntoView({ block: "nearest" })
}).observe(foot)

// A panel that opens below the screen's end would seem to do nothing.
queue.addEventListener("toggle", ({ target }) => {
  if (target.matches(".panel[open]")) target.nextElementSibling.scrollIntoView({ block: "nearest" })
}, true)

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || keys.open) return
  if (event.key === "Escape") {
    const panel = panelOf(event.target)
    if (panel?.open) panel.open = false
    else if (!event.target.closest("#many")) return
    return (panel?.closest(".case") ?? current())?.focus()
  }
  if (localStorage.getItem(OFF) || event.target.matches("input:not([type=checkbox]), textarea, select")) return
  const key = event.key.toLowerCase()
  const reasons = current()?.querySelector(".panel[open] + .panel__form .panel__choices")?.children
  // The queue has keys of its own, and may do otherwise with these.
  const own = !queue.dispatchEvent(new CustomEvent("moderation:key", { detail: key, cancelable: true }))
  const act = own ? () => {} : /^[1-9]$/.test(key) ? () => reasons?.[key - 1]?.click() : PRESS[key]
  if (!act) return
  event.preventDefault()
  act()
})

// Closed it stays closed: on the next page as well.
said.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close]")) return
  const form = said.querySelector("[data-undo]")
  if (form) fetch(said.dataset.closeAt, { method: "POST", body: new FormData(form), keepalive: true })
  said.replaceChildren()
  current()?.focus()
})

const help = queue.querySelector("[data-help]")
help.hidden = false
help.addEventListener("click", () => keys.showModal())
keysOn.checked = !localStorage.getItem(OFF)
keysOn.addEventListener("change", () => (keysOn.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")))
