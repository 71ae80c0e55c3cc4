/* A figure in the editor: picture, size, credit, what one sees on it, and a caption that one types under it. */
import { altField } from "desk/alt"
import { leaveFigure } from "desk/nodes"
import { library } from "desk/photos"

export function figureView({ node, view, editor, getPos }) {
  const words = document.querySelector(".editor__text").dataset
  const dom = document.createElement("figure")
  const bar = Object.assign(document.createElement("div"), { className: "figure__bar", contentEditable: "false" })
  const size = document.createElement("select")
  size.setAttribute("aria-label", words.size)
  for (const [value, label] of Object.entries(JSON.parse(words.sizes))) size.append(new Option(label, value))
  const credit = Object.assign(document.createElement("input"), { type: "text", maxLength: 120 })
  credit.setAttribute("aria-label", words.credit)
  const remove = Object.assign(document.createElement("button"), { type: "button", textContent: words.remove })
  const caption = document.createElement("figcaption")
  const set = (name, value) => editor.commands.command(({ tr }) => Boolean(tr.setNodeAttribute(getPos(), name, value)))
  size.addEventListener("change", () => set("data-size", size.value))
  credit.addEventListener("input", () => set("data-credit", credit.value.trim() || null))
  credit.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return
    event.preventDefault()
    leaveFigure(editor, getPos())
  })
  remove.addEventListener("click", () => {
    const start = getPos()
    editor.chain().focus().deleteRange({ from: start, to: start + editor.state.doc.nodeAt(start).nodeSize }).run()
  })
  const open = Object.assign(document.createElement("a"), { target: "_blank", textContent: words.open })
  const alt = altField((photo) => document.dispatchEvent(new CustomEvent("desk:photo", { detail: photo })))
  bar.append(alt.label, size, credit, open, remove)
  /* The same photo may stand twice in a text. */
  const again = ({ detail }) => String(detail.id) === shown.attrs["data-photo"] && draw(shown)
  document.addEventListener("desk:photo", again)
  let shown = node

  function draw(now) {
    shown = now
    const photo = library.photo(now.attrs["data-photo"])
    alt.show(photo)
    if (!photo) library.look(now.attrs["data-photo"]).then((found) => found && draw(now))
    dom.dataset.size = size.value = now.attrs["data-size"]
    const own = now.attrs["data-credit"] || ""
    if (credit.value.trim() !== own) credit.value = own
    credit.placeholder = [words.credit, photo?.credit].filter(Boolean).join(" – ")
    dom.querySelector("img")?.remove()
    const grouped = view.state.doc.resolve(getPos()).parent.type.name === "photoGroup"
    const image = library.thumbnail(photo, grouped ? photo?.card : photo?.whole)  // as readers see it
    open.hidden = !photo
    if (photo) open.href = photo.url
    image.contentEditable = "false"
    dom.prepend(image)
    caption.dataset.caption = photo?.caption || words.caption
    dom.classList.toggle("figure--mute", Boolean(photo) && !photo.alt && !photo.decorative)
    caption.classList.toggle("is-empty", !now.content.size)
  }

  dom.append(bar, caption)
  draw(node)
  return {
    dom,
    contentDOM: caption,
    update: (now) => now.type.name === "figure" && (draw(now), true),
    destroy: () => document.removeEventListener("desk:photo", again),
    stopEvent: (event) => bar.contains(event.target),
    ignoreMutation: (mutation) => !caption.contains(mutation.target) || mutation.type === "attributes",
  }
}
