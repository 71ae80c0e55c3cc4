/* An answer that is typed and not published stays in this tab, through a reload, a login and back, until it is. */
{
  const queue = document.querySelector(".queue[data-user]")
  const FIELD = "textarea[name=answer]"
  const keyOf = (field) => `answer:${queue.dataset.user}:${field.id}`
  const fieldsIn = (part) => [...part.querySelectorAll(FIELD)]

  // What the server says is published is kept no longer.
  for (const line of document.querySelectorAll(".messagelist [class*=published-]")) {
    const [name] = [...line.classList].filter((one) => one.startsWith("published-"))
    sessionStorage.removeItem(keyOf({ id: name.slice("published-".length) }))
  }

  function bring(part) {
    for (const field of fieldsIn(part)) {
      const kept = sessionStorage.getItem(keyOf(field))
      if (!kept || field.value) continue
      field.value = kept
      const panel = field.closest(".panel + .panel__form")?.previousElementSibling
      if (panel) panel.open = true
    }
  }

  queue.addEventListener("input", ({ target }) => {
    if (!target.matches(FIELD)) return
    try { sessionStorage.setItem(keyOf(target), target.value) } catch { /* The browser is full: the field still has it. */ }
  })
  // The queue's script empties a form when its answer is published.
  queue.addEventListener("reset", ({ target }) => fieldsIn(target).forEach((field) => sessionStorage.removeItem(keyOf(field))))
  queue.addEventListener("moderation:fresh", ({ target }) => bring(target))
  // Decided on its own page, a comment whose answer is typed comes back to that page.
  queue.addEventListener("submit", ({ target }) => {
    if (!target.matches("[data-decide]") || target.querySelector(FIELD)) return
    const typed = fieldsIn(target.closest(".case") ?? target).find((field) => field.value.trim())
    if (!typed || target.elements.here) return
    const here = Object.assign(document.createElement("input"), { type: "hidden", name: "here", value: "on" })
    target.append(here)
  })
  bring(document)
}
