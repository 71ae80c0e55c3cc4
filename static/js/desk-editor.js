/* Makes each text area of HTML an editor: its toolbar and dialogs stand in the page, this binds them. */
import { Editor } from "django-prose-editor/editor"
import { address } from "desk/address"
import { betweenBlocks, dropIdleCaption, extensionsFor, fromEditor, insertTable, leaveQuote, toEditor } from "desk/nodes"
import { fromClipboard } from "desk/paste"
import { figureView } from "desk/figure"
import { library } from "desk/photos"

const COMMANDS = {
  paragraph: (chain) => chain.setParagraph(),
  heading2: (chain) => chain.toggleHeading({ level: 2 }),
  heading3: (chain) => chain.toggleHeading({ level: 3 }),
  heading4: (chain) => chain.toggleHeading({ level: 4 }),
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  strike: (chain) => chain.toggleStrike(),
  superscript: (chain) => chain.toggleSuperscript(),
  subscript: (chain) => chain.toggleSubscript(),
  code: (chain) => chain.toggleCode(),
  codeBlock: (chain) => chain.toggleCodeBlock(),
  bulletList: (chain) => chain.toggleBulletList(),
  orderedList: (chain) => chain.toggleOrderedList(),
  blockquote: (chain) => chain.toggleQuote(),
  footnote: (chain) => chain.toggleMark("footnote"),
  rule: (chain) => chain.setHorizontalRule(),
  table: (chain) => chain.command(leaveQuote).command(insertTable),
  rowAfter: (chain) => chain.addRowAfter(),
  rowDelete: (chain) => chain.deleteRow(),
  columnAfter: (chain) => chain.addColumnAfter(),
  columnDelete: (chain) => chain.deleteColumn(),
  headerCell: (chain) => chain.toggleHeaderCell(),
  tableDelete: (chain) => chain.command(dropIdleCaption).deleteTable(),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
}
const PRESSED = {
  heading2: (editor) => editor.isActive("heading", { level: 2 }),
  heading3: (editor) => editor.isActive("heading", { level: 3 }),
  heading4: (editor) => editor.isActive("heading", { level: 4 }),
}
const ASKS = { link: askLink, photo: askPhoto }

for (const area of document.querySelectorAll("textarea[data-editor]")) start(area)

function start(area) {
  const frame = area.closest(".editor")
  const place = frame.querySelector(".editor__text")
  const toolbar = frame.querySelector("[role=toolbar]")
  const said = frame.querySelector(".editor__said")
  const take = (files, at) => files.length > 0 && (addPhotos(editor, [...files], said, place.dataset.sending, at), true)
  const keys = frame.querySelector(".tools__keys")
  const label = document.querySelector(`label[for="${area.id}"]`)
  label.id ||= `${area.id}_label`
  keys.id = `${area.id}_keys`
  let leaving = false
  const editor = new Editor({
    element: place,
    injectCSS: false,
    extensions: extensionsFor(JSON.parse(area.dataset.editor), { figureView }, place.dataset),
    content: toEditor(area.value),
    editorProps: {
      attributes: {
        class: "prose",
        role: "textbox",
        "aria-multiline": "true",
        "aria-labelledby": label.id,
        "aria-describedby": [area.getAttribute("aria-describedby"), keys.id].filter(Boolean).join(" "),
      },
      transformPastedHTML: (html) => {
        said.textContent = /<img\b/i.test(html) ? place.dataset.foreign : ""
        return fromClipboard(html)
      },
      handlePaste: (view, event) => isPicture(event.clipboardData) && take(event.clipboardData.files),
      handleDrop: (view, event, slice, moved) =>
        !moved && take(event.dataTransfer.files, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos),
      /* A tap beside a note ends it: a phone has no key that does. */
      handleClick: (view, pos, event) => {
        const marks = view.state.doc.resolve(pos).marks()
        if (event.target.closest("small.footnote") || !marks.some((mark) => mark.type.name === "footnote")) return false
        return editor.chain().setTextSelection(pos).unsetMark("footnote").run()
      },
      handleDOMEvents: {
        /* In a table Tab has work of its own: after Escape it leaves the text, as anywhere else. */
        keydown: (view, event) => {
          if (event.key === "Shift") return false
          const left = leaving && event.key === "Tab"
          leaving = event.key === "Escape"
          return left
        },
        blur: () => { leaving = false },
      },
      handleKeyDown: (view, event) => {
        if (event.key !== "k" || !(event.metaKey || event.ctrlKey)) return false
        event.preventDefault()
        askLink(editor, frame)
        return true
      },
    },
    onUpdate: () => {
      area.value = fromEditor(editor.getHTML())
      area.dispatchEvent(new Event("input", { bubbles: true }))
    },
    onTransaction: () => press(toolbar, editor),
  })
  area.hidden = true
  frame.classList.add("editor--on")
  toolbar.hidden = false
  /* The text keeps the focus, so that no key typed right after a click is lost. */
  toolbar.addEventListener("mousedown", (event) => event.preventDefault())
  toolbar.addEventListener("click", (event) => {
    const name = event.target.closest("button")?.dataset.command
    if (name in ASKS) ASKS[name](editor, frame)
    else if (name) COMMANDS[name](editor.chain().focus()).run()
  })
  frame.querySelector("[data-dismiss]").addEventListener("click", () => { said.textContent = ""; editor.commands.focus() })
  rove(toolbar)
  nameSides(place)
  /* Brought back from the browser's own copy: see desk-keep.js. */
  area.addEventListener("desk:set", () => editor.commands.setContent(toEditor(area.value)))
  press(toolbar, editor)
}

/* What the page will write on the pictures of a comparison, in the language of the text: the style sheet shows it. */
function nameSides(place) {
  const language = document.getElementById("id_language")
  const words = JSON.parse(place.dataset.sides)
  const say = () => {
    const [before, after] = words[language.value] || ["", ""]
    place.style.setProperty("--before", JSON.stringify(before))
    place.style.setProperty("--after", JSON.stringify(after))
  }
  language.addEventListener("input", say)
  say()
}

function press(toolbar, editor) {
  for (const button of toolbar.querySelectorAll("[aria-pressed]")) {
    const name = button.dataset.command
    button.setAttribute("aria-pressed", PRESSED[name] ? PRESSED[name](editor) : editor.isActive(name))
  }
  /* On a phone the tools are one line that scrolls: those of a table come into sight when they come. */
  const more = toolbar.querySelector("[data-when=table]")
  if (more.hidden !== editor.isActive("table")) return
  more.hidden = !more.hidden
  toolbar.scrollLeft = more.hidden ? 0 : more.offsetLeft
}

/* One stop of the tab key for the whole toolbar; arrows go along it. */
function rove(toolbar) {
  const buttons = () => [...toolbar.querySelectorAll("button")].filter((button) => button.offsetParent)
  for (const button of toolbar.querySelectorAll("button")) button.tabIndex = -1
  toolbar.querySelector("button").tabIndex = 0
  toolbar.addEventListener("keydown", (event) => {
    const all = buttons()
    const at = all.indexOf(document.activeElement)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (to === undefined || at < 0) return
    event.preventDefault()
    all[at].tabIndex = -1
    const next = all[(to + all.length) % all.length]
    next.tabIndex = 0
    next.focus()
  })
}

async function ask(dialog) {
  dialog.returnValue = ""
  dialog.showModal()
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }))
  return dialog.returnValue
}

async function askLink(editor, frame) {
  const dialog = document.getElementById("link-dialog")
  const input = dialog.querySelector("input")
  const refused = dialog.querySelector("[role=alert]")
  input.value = editor.getAttributes("link").href || ""
  dialog.querySelector("[value=remove]").hidden = !editor.isActive("link")
  refused.hidden = true
  dialog.querySelector("form").onsubmit = (event) => {
    refused.hidden = event.submitter?.value !== "set" || !input.value.trim() || Boolean(address(input.value.trim()))
    if (refused.hidden) return
    event.preventDefault()
    input.focus()
  }
  const answer = await ask(dialog)
  const chain = editor.chain().focus().extendMarkRange("link")
  if (answer === "remove") return chain.unsetLink().run()
  if (answer !== "set" || !input.value.trim()) return editor.commands.focus()
  const href = address(input.value.trim())
  if (editor.state.selection.empty && !editor.isActive("link")) {
    return editor.chain().focus().insertContent({ type: "text", text: input.value.trim(), marks: [{ type: "link", attrs: { href } }] }).run()
  }
  return chain.setLink({ href }).run()
}

const figureOf = (photo) => ({ type: "figure", attrs: { "data-photo": String(photo.id), "data-size": "text" } })

/* What comes with HTML is a text, and its file only a picture of that; unless the HTML is one picture and no word. */
function isPicture(data) {
  const html = data.getData("text/html")
  const words = html.replace(/<!--[^]*?-->|<[^>]*>|&nbsp;/g, "").trim()
  return !html || (!words && html.match(/<img\b/gi)?.length === 1)
}

/* Dropped or pasted pictures go to the library and stand, in their order, where they fell, whatever is typed meanwhile;
   what was refused is said below them, in sight wherever one is in the text. */
async function addPhotos(editor, files, said, sending, at = editor.state.selection.to) {
  const sent = []
  let place = betweenBlocks(editor.state.doc, at)
  const follow = ({ transaction, appendedTransactions }) => {
    for (const change of [transaction, ...appendedTransactions]) place = change.mapping.map(place)
  }
  editor.on("transaction", follow)
  said.textContent = sending
  for (const file of files) {
    const answer = await library.send(file)
    sent.push([file, answer])
    if (answer.error) continue
    place = betweenBlocks(editor.state.doc, place)
    editor.commands.insertContentAt(place, figureOf(answer), { updateSelection: false })
  }
  editor.off("transaction", follow)
  library.report(said, sent)
}

async function askPhoto(editor) {
  const { photos, kind } = await library.choose({ many: true })
  const figures = photos.map(figureOf)
  if (!figures.length) return editor.commands.focus()
  const content = kind && figures.length > 1 ? { type: "photoGroup", attrs: { "data-kind": kind }, content: figures } : figures
  return editor.chain().focus().command(leaveQuote).insertContent(content).run()
}
