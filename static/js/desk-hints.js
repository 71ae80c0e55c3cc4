/* What the editor shows and the text does not hold: where a note will stand, and what readers see in place of an address. */
import { Extension, pm } from "django-prose-editor/editor"

const { Plugin } = pm.state
const { Decoration, DecorationSet } = pm.view
/* What stands in place of an address, as the site says it; empty for an address that stays one. */
const known = new Map()

export const Hints = Extension.create({
  name: "hints",
  addOptions: () => ({ note: "", cards: "" }),
  addProseMirrorPlugins() {
    const { note, cards } = this.options
    const decorations = (state) => DecorationSet.create(state.doc, [...noteToCome(state, note), ...cardsOf(state)])
    return [new Plugin({ props: { decorations }, view: (view) => new Looking(view, cards) })]
  },
})

/* The note's tool is pressed and nothing is typed yet. */
function noteToCome({ selection, storedMarks }, words) {
  if (!selection.empty || !storedMarks?.some((mark) => mark.type.name === "footnote")) return []
  return [Decoration.widget(selection.from, () => {
    const note = document.createElement("small")
    note.className = "note-to-come"
    note.textContent = words
    return note
  }, { side: 1 })]
}

function* addressesAlone(doc) {
  for (let at = 0, place = 0; at < doc.childCount; place += doc.child(at).nodeSize, at++) {
    const block = doc.child(at)
    if (block.type.name !== "paragraph") continue
    const links = new Set()
    block.forEach((child) => {
      const link = child.marks.find((mark) => mark.type.name === "link")
      if (link || child.text?.trim()) links.add(link ? link.attrs.href : child.text.trim())
    })
    const [url] = links
    if (links.size === 1 && /^https?:\/\/\S+\.\S+$/.test(url)) yield { url, from: place, to: place + block.nodeSize }
  }
}

function cardsOf({ doc }) {
  return [...addressesAlone(doc)].filter(({ url }) => known.get(url))
    .map(({ url, from, to }) => Decoration.node(from, to, { "data-becomes": known.get(url) }))
}

/* Asks, when one has stopped typing for a moment, about addresses not met yet. */
class Looking {
  constructor(view, cards) {
    this.cards = cards
    this.update(view)
  }

  update(view) {
    clearTimeout(this.wait)
    this.wait = setTimeout(() => this.look(view), 400)
  }

  destroy() {
    clearTimeout(this.wait)
  }

  async look(view) {
    const fresh = [...addressesAlone(view.state.doc)].map(({ url }) => url).filter((url) => !known.has(url))
    for (const url of new Set(fresh)) {
      known.set(url, "")
      const answer = await fetch(`${this.cards}?${new URLSearchParams({ url })}`).catch(() => null)
      if (answer?.ok) known.set(url, (await answer.json()).becomes)
    }
    if (fresh.some((url) => known.get(url)) && !view.isDestroyed) view.dispatch(view.state.tr)
  }
}
