/* What is cut off at the edges of a photo: dragged on the picture, typed in the four fields, shown as it is changed. */
document.addEventListener("DOMContentLoaded", () => {
  const frame = document.querySelector("[data-cut]")
  if (!frame) return
  const picture = frame.querySelector("img")
  const handles = frame.querySelector(".cut__part--edges")
  const fields = Object.fromEntries(["left", "top", "right", "bottom"].map((edge) => [edge, document.getElementById(`id_cut_${edge}`)]))
  const AGAINST = { left: "right", right: "left", top: "bottom", bottom: "top" }
  const MOST = Number(fields.left.max)
  const lost = (edge) => Math.min(Math.max(Number(fields[edge].value) || 0, 0), MOST)

  function draw() {
    const inset = ["top", "right", "bottom", "left"].map((edge) => `${lost(edge)}%`).join(" ")
    for (const part of frame.querySelectorAll(".cut__part")) part.style.inset = inset
  }

  function set(edge, share) {
    const most = Math.max(MOST - lost(AGAINST[edge]), 0)
    const value = Math.round(Math.min(Math.max(share * 100, 0), most) * 2) / 2
    fields[edge].value = value || ""
    fields[edge].dispatchEvent(new Event("input", { bubbles: true }))
  }

  function drag(event) {
    const area = picture.getBoundingClientRect()
    const [across, down] = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height]
    const shares = { left: across, right: 1 - across, top: down, bottom: 1 - down }
    for (const edge of event.target.dataset.edges.split(" ")) set(edge, shares[edge])
  }

  handles.addEventListener("pointerdown", (event) => {
    if (!event.target.dataset.edges || event.button) return
    event.preventDefault()
    event.target.setPointerCapture(event.pointerId)
  })
  handles.addEventListener("pointermove", (event) => {
    if (event.target.hasPointerCapture?.(event.pointerId)) drag(event)
  })
  for (const field of Object.values(fields)) field.addEventListener("input", draw)

  const none = document.querySelector("[data-uncut]")
  none.addEventListener("click", () => { for (const edge of Object.keys(fields)) set(edge, 0) })
  none.hidden = handles.hidden = false
  draw()
})
