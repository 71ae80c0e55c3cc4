/* What takes something away from readers is asked about where one is, and what was typed stays there. Without this script
   the server asks, on a page of its own. */
document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event
  const dialog = document.getElementById(button?.dataset.asks)
  if (!dialog || form.elements.sure) return
  event.preventDefault()
  event.stopPropagation()
  dialog.returnValue = ""
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "sure") return
    const sure = Object.assign(document.createElement("input"), { type: "hidden", name: "sure", value: "1" })
    form.append(sure)
    form.requestSubmit(button)
    setTimeout(() => sure.remove(), 1000)
  }, { once: true })
  dialog.showModal()
}, true)
