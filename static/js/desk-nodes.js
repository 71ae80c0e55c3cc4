/* The words of an article's body, as nodes of the editor. articles/body.py says which there are and what they carry. */
import {
  Blockquote, Bold, BulletList, Code, CodeBlock, Document, Dropcursor, Extension, Gapcursor, HardBreak, Heading,
  History, HorizontalRule, Italic, ListItem, Mark, Node, OrderedList, Paragraph, Placeholder, Strike,
  Subscript, Superscript, Table, TableCell, TableHeader, TableRow, Text, pm,
} from "django-prose-editor/editor"
import { TypedLink } from "desk/address"
import { Hints } from "desk/hints"

const { Selection } = pm.state

/* To an empty paragraph there: the one that waits, or a new one. */
function paragraphAfter(editor, place) {
  const next = editor.state.doc.resolve(place).nodeAfter
  const chain = editor.chain()
  if (next?.type.name === "paragraph" && !next.content.size) chain.setTextSelection(place + 1)
  else chain.insertContentAt(place, { type: "paragraph" })
  return chain.focus().run()
}

/* The source of a quotation: its last line. Enter leads to it from the line above, and from it out of the quotation. */
const Cite = Node.create({
  name: "cite",
  content: "inline*",
  defining: true,
  parseHTML: () => [{ tag: "cite" }],
  renderHTML: ({ HTMLAttributes }) => ["cite", HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        const { $from } = editor.state.selection
        return $from.parent.type.name === "cite" && paragraphAfter(editor, $from.after($from.depth - 1))
      },
    }
  },
})

const Quote = Blockquote.extend({
  content: "(paragraph | bulletList | orderedList)+ cite?",
  addKeyboardShortcuts() {
    return { ...this.parent?.(), Enter: ({ editor }) => editor.commands.command(toSource) }
  },
  addCommands() {
    return {
      toggleQuote: () => ({ state, tr, dispatch, commands, editor }) => {
        const depth = depthOf(state.selection.$from, "blockquote")
        if (!depth) return commands.wrapIn("blockquote") && (!dispatch || giveSource(tr, editor.schema))
        if (dispatch) {
          const start = state.selection.$from.before(depth)
          const quote = state.doc.nodeAt(start)
          const blocks = []
          quote.forEach((child) => {
            if (child.type.name !== "cite") blocks.push(child)
            else if (child.content.size) blocks.push(editor.schema.nodes.paragraph.create(null, child.content))
          })
          tr.replaceWith(start, start + quote.nodeSize, blocks)
        }
        return true
      },
    }
  },
})

function depthOf($pos, name) {
  for (let depth = $pos.depth; depth > 0; depth--) if ($pos.node(depth).type.name === name) return depth
  return 0
}

/* From the end of a quotation's last paragraph to its source; an empty paragraph that Enter has just made goes. */
function toSource({ tr, commands }) {
  const { $from, empty } = tr.selection
  const depth = $from.depth - 1
  if (!empty || depth < 1 || $from.node(depth).type.name !== "blockquote") return false
  const quote = $from.node(depth)
  const at = $from.index(depth)
  if ($from.parent.type.name !== "paragraph" || $from.parentOffset < $from.parent.content.size) return false
  if (at + 1 >= quote.childCount || quote.child(at + 1).type.name !== "cite") return false
  if (at && !$from.parent.content.size) {
    const start = $from.before()
    tr.delete(start, $from.after())
    return commands.setTextSelection(start + 1)
  }
  return commands.setTextSelection($from.after() + 1)
}

/* Out of a quotation, to an empty paragraph after it: for what may not stand in one. */
export function leaveQuote({ tr, commands }) {
  const depth = depthOf(tr.selection.$from, "blockquote")
  if (!depth) return true
  const after = tr.selection.$from.after(depth)
  return commands.insertContentAt(after, { type: "paragraph" }) && commands.setTextSelection(after + 1)
}

/* The nearest place between two blocks: what stands by itself would tear a paragraph or a quotation in two. */
export function betweenBlocks(doc, at) {
  const $at = doc.resolve(Math.min(at, doc.content.size))
  if (!$at.depth) return $at.pos
  return $at.pos - $at.before(1) < $at.after(1) - $at.pos ? $at.before(1) : $at.after(1)
}

function giveSource(tr, schema) {
  const depth = depthOf(tr.selection.$from, "blockquote")
  const quote = depth && tr.selection.$from.node(depth)
  if (quote && quote.lastChild.type.name !== "cite") {
    tr.insert(tr.selection.$from.end(depth), schema.nodes.cite.create())
  }
  return true
}

/* A note stands in the text where its number will be; outermost of all marks, so that one note is one element. */
const Footnote = Mark.create({
  name: "footnote",
  priority: 1100,
  exitable: true,
  keepOnSplit: false,
  parseHTML: () => [{ tag: "small.footnote" }],
  renderHTML: () => ["small", { class: "footnote" }, 0],
})

/* A picture of the library: the page knows its number, the server draws it. */
const Figure = Node.create({
  name: "figure",
  group: "block",
  content: "inline*",
  draggable: true,
  isolating: true,
  addOptions: () => ({ photos: null }),
  addAttributes: () => ({
    // As text: the editor would read a number, and the library's photos are known by text.
    "data-photo": { default: "", parseHTML: (element) => element.dataset.photo },
    "data-size": { default: "text", parseHTML: (element) => element.dataset.size || "text" },
    "data-credit": { default: null, parseHTML: (element) => element.dataset.credit || null },
  }),
  parseHTML: () => [
    {
      tag: "figure[data-photo]",
      contentElement: (figure) => figure.querySelector("figcaption") || document.createElement("figcaption"),
    },
  ],
  renderHTML: ({ HTMLAttributes }) => ["figure", HTMLAttributes, ["figcaption", 0]],
  addNodeView() {
    return (view) => this.options.photos.figureView(view)
  },
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        const { $from } = editor.state.selection
        return $from.parent.type.name === "figure" && leaveFigure(editor, $from.before())
      },
    }
  },
})

/* Out of the figure that begins there, and of its group, to an empty paragraph: a phone has no arrows that lead there. */
export function leaveFigure(editor, start) {
  const { doc } = editor.state
  const end = start + doc.nodeAt(start).nodeSize
  const grouped = doc.resolve(start).parent.type.name === "photoGroup"
  return paragraphAfter(editor, grouped ? doc.resolve(start).after() : end)
}

const PhotoGroup = Node.create({
  name: "photoGroup",
  group: "block",
  content: "figure+",
  isolating: true,
  addAttributes: () => ({ "data-kind": { default: "gallery" } }),
  parseHTML: () => [{ tag: "div[data-kind]" }],
  renderHTML: ({ HTMLAttributes }) => ["div", HTMLAttributes, 0],
})

/* In the editor a table's caption is a line above it: the table module wants nothing but rows inside. */
const TableCaption = Node.create({
  name: "tableCaption",
  group: "block",
  content: "inline*",
  defining: true,
  parseHTML: () => [{ tag: "table-caption" }],
  renderHTML: () => ["table-caption", 0],
  addKeyboardShortcuts() {
    return { Enter: ({ editor }) => editor.commands.command(toFirstCell) }
  },
})

function toFirstCell({ tr }) {
  const { $from } = tr.selection
  if ($from.parent.type.name !== "tableCaption") return false
  tr.setSelection(Selection.near(tr.doc.resolve($from.after()), 1))
  return true
}

/* A table with its caption and a row of headers, at whose first cell one begins. */
export function insertTable({ commands }) {
  const cells = (type) => Array.from({ length: 3 }, () => ({ type, content: [{ type: "paragraph" }] }))
  const rows = ["tableHeader", "tableCell", "tableCell"].map((type) => ({ type: "tableRow", content: cells(type) }))
  if (!commands.insertContent([{ type: "tableCaption" }, { type: "table", content: rows }])) return false
  return commands.command(({ tr }) => {
    const { $from } = tr.selection
    tr.setSelection(Selection.near(tr.doc.resolve($from.start(depthOf($from, "table"))), 1))
    return true
  })
}

/* Before its table is deleted. */
export function dropIdleCaption({ tr }) {
  const { $from } = tr.selection
  const depth = depthOf($from, "table")
  const caption = depth && tr.doc.resolve($from.before(depth)).nodeBefore
  if (caption?.type.name === "tableCaption" && !caption.content.size) tr.delete($from.before(depth) - caption.nodeSize, $from.before(depth))
  return true
}

/* Tab goes from cell to cell, after the last one to a new row; from a row in which nothing was written, out of the table. */
const TabbedTable = Table.extend({
  addKeyboardShortcuts() {
    const shortcuts = this.parent()
    const forward = ({ editor }) => editor.commands.command(outOfTable) || shortcuts.Tab({ editor })
    return { ...shortcuts, Tab: forward }
  },
})

function outOfTable({ tr, commands }) {
  const { $from } = tr.selection
  const depth = depthOf($from, "table")
  if (!depth || $from.index(depth) < $from.node(depth).childCount - 1) return false
  const [table, row] = [$from.node(depth), $from.node(depth + 1)]
  if ($from.index(depth + 1) < row.childCount - 1 || row.textContent.trim() || holdsMore(row)) return false
  if (table.childCount > 1) tr.delete($from.before(depth + 1), $from.after(depth + 1))
  const after = tr.mapping.map($from.after(depth))
  if (tr.doc.resolve(after).nodeAfter?.type.name !== "paragraph") commands.insertContentAt(after, { type: "paragraph" })
  tr.scrollIntoView()
  return commands.setTextSelection(after + 1)
}

/* What is seen without a word. */
function holdsMore(node) {
  let more = false
  node.descendants((child) => { more ||= ["figure", "horizontalRule"].includes(child.type.name) })
  return more
}

/* What the list names and no node above declares, such as lang on a quotation in another language. */
const Attributes = Extension.create({
  name: "attributes",
  addOptions: () => ({ vocabulary: {} }),
  addGlobalAttributes() {
    const own = { figure: true, photoGroup: true, table: true, tableCaption: true }
    return Object.entries(this.options.vocabulary).flatMap(([type, names]) =>
      names.filter((name) => !own[type] && !["href", "start", "colspan", "rowspan"].includes(name)).map((name) => ({
        types: [type],
        attributes: {
          [name]: {
            default: null,
            keepOnSplit: name === "lang",
            parseHTML: (element) => element.getAttribute(name),
            renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
          },
        },
      })),
    )
  },
})

const spans = {
  colspan: span("colspan"),
  rowspan: span("rowspan"),
}

function span(name) {
  return {
    default: 1,
    parseHTML: (element) => Number(element.getAttribute(name)) || 1,
    renderHTML: (attributes) => (attributes[name] > 1 ? { [name]: attributes[name] } : {}),
  }
}

const withSpans = (cell) =>
  cell.extend({
    addAttributes() {
      return { ...spans, colwidth: { default: null, parseHTML: () => null, renderHTML: () => ({}) } }
    },
  })

const KNOWN = {
  paragraph: () => Paragraph,
  heading: () => Heading.configure({ levels: [2, 3, 4] }),
  footnote: () => Footnote,
  link: () => TypedLink.configure({ protocols: ["http", "https", "mailto"], defaultProtocol: "https" }),
  bold: () => Bold,
  italic: () => Italic,
  strike: () => Strike,
  superscript: () => Superscript,
  subscript: () => Subscript,
  code: () => Code,
  codeBlock: () => CodeBlock,
  hardBreak: () => HardBreak,
  horizontalRule: () => HorizontalRule,
  bulletList: () => BulletList,
  orderedList: () => OrderedList,
  listItem: () => ListItem,
  blockquote: () => Quote,
  cite: () => Cite,
  table: () => TabbedTable,
  tableCaption: () => TableCaption,
  tableRow: () => TableRow,
  tableHeader: () => withSpans(TableHeader),
  tableCell: () => withSpans(TableCell),
  figure: (photos) => Figure.configure({ photos }),
  photoGroup: () => PhotoGroup,
}

export function extensionsFor(vocabulary, photos, placeholders) {
  return [
    Document, Text, History, Dropcursor, Gapcursor,
    ...Object.keys(vocabulary).map((name) => KNOWN[name](photos)),
    Attributes.configure({ vocabulary }),
    Hints.configure({ note: placeholders.note, cards: placeholders.cards }),
    Placeholder.configure({
      includeChildren: true,
      showOnlyCurrent: false,
      placeholder: ({ node }) => placeholders[node.type.name] || "", // of a paragraph, seen where it is alone: desk-editor.css
    }),
  ]
}

/* HTML of the site to HTML of the editor and back: captions of tables, synonyms of word processors, empty leftovers. */
export function toEditor(html) {
  const page = new DOMParser().parseFromString(html, "text/html")
  for (const table of page.querySelectorAll("table")) {
    const line = page.createElement("table-caption")
    line.append(...(table.caption?.childNodes ?? []))
    table.before(line)
    table.caption?.remove()
  }
  for (const quote of page.querySelectorAll("blockquote")) {
    if (!quote.querySelector("cite")) quote.append(page.createElement("cite"))
  }
  for (const [from, to] of [["h1", "h2"], ["h5", "h4"], ["h6", "h4"]]) {
    for (const heading of page.querySelectorAll(from)) {
      const other = page.createElement(to)
      other.append(...heading.childNodes)
      heading.replaceWith(other)
    }
  }
  return page.body.innerHTML
}

export function fromEditor(html) {
  const page = new DOMParser().parseFromString(html, "text/html")
  for (const line of page.querySelectorAll("table-caption")) {
    const table = line.nextElementSibling
    const kept = page.createElement(table?.matches("table") ? "caption" : "p")
    kept.append(...line.childNodes)
    if (kept.localName === "caption") {
      table.prepend(kept)
      line.remove()
    } else if (kept.hasChildNodes()) line.replaceWith(kept)
    else line.remove()
  }
  for (const empty of page.querySelectorAll("cite:empty, caption:empty, figcaption:empty")) empty.remove()
  return /^(<p><\/p>)*$/.test(page.body.innerHTML) ? "" : page.body.innerHTML
}
