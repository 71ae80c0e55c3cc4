/* What is pasted from a word processor, in the words of the editor: its styles, its lists, its notes. */
import { toEditor } from "desk/nodes"

/* What a word processor says with styles is said with elements. The content policy lets no style attribute take effect,
   not even to be read: so those are renamed before the text is parsed, and so is what would fetch or run. */
export function fromClipboard(html) {
  const harmless = html.replace(/<[^>]+>/g, (tag) => tag.replace(/([\s"'])(style|src|srcset|on\w+)\s*=/gi, "$1data-$2="))
  const page = new DOMParser().parseFromString(harmless, "text/html")
  listsOfWord(page)
  notesOfWord(page)
  quotesOfWord(page)
  headRows(page)
  pastGoogle(page)
  for (const styled of page.querySelectorAll("[data-style]")) {
    const says = (property, value) => new RegExp(`(^|[;\\s])${property}\\s*:\\s*(${value})`, "i").test(styled.dataset.style)
    if (styled.matches("b, strong") && says("font-weight", "normal|400")) styled.replaceWith(...styled.childNodes)
    else if (styled.matches("span")) {
      if (says("font-weight", "bold|[6-9]00")) wrap(styled, "strong")
      if (says("font-style", "italic")) wrap(styled, "em")
    }
    if (says("text-decoration(-line)?", "[^;]*line-through") && styled.matches("span, a, b, i, em, strong, u")) wrap(styled, "s")
    styled.removeAttribute("data-style")
  }
  withoutHoles(page)
  return toEditor(page.body.innerHTML)
}

/* Word says its lists as paragraphs, each with a level and a sign of its own in front. */
function listsOfWord(page) {
  let open = []
  for (const item of page.querySelectorAll("p[data-style*='mso-list' i]")) {
    const level = Number(/mso-list:[^;]*level(\d)/i.exec(item.dataset.style)?.[1])
    if (!level) continue
    const name = /^\(?(\d+|[a-z]{1,4})[.)]/i.test(takeSign(item).trim()) ? "ol" : "ul"
    if (open[0]?.list !== item.previousElementSibling) open = []
    open = open.filter((outer) => outer.level < level || (outer.level === level && outer.list.localName === name))
    if (open.at(-1)?.level !== level) {
      const list = page.createElement(name)
      if (open.length) open.at(-1).list.lastElementChild.append(list)
      else item.before(list)
      open.push({ level, list })
    }
    const entry = page.createElement("li")
    open.at(-1).list.append(entry)
    entry.append(item)
  }
}

/* What Word sets before an item whose sign it does not mark: a letter is one only when more than a space follows. */
const SIGN = /^\s*([·•◦▪■●○‣]\s*|\(?\d+[.)]\s+|(\(?[a-z]{1,4}[.)]|[§Øüvqo–—-])\s{2,})/i

/* Take the sign off an item, and return it. */
function takeSign(item) {
  const marked = item.querySelector("[data-style*='mso-list:ignore' i]")
  if (marked) {
    marked.remove()
    return marked.textContent
  }
  const sign = SIGN.exec(item.textContent)?.[0] || ""
  const words = item.ownerDocument.createTreeWalker(item, NodeFilter.SHOW_TEXT)
  for (let left = sign.length; left && words.nextNode();) {
    const here = Math.min(left, words.currentNode.length)
    words.currentNode.deleteData(0, here)
    left -= here
  }
  return sign
}

/* Word's styles of a quotation are paragraphs with a name of their own, in French and in English. */
function quotesOfWord(page) {
  for (const line of page.querySelectorAll("p[class*=Quote i], p[class*=Citation i]")) {
    const before = line.previousElementSibling
    if (before?.matches("blockquote[data-word]")) before.append(line)
    else {
      const quote = page.createElement("blockquote")
      quote.dataset.word = ""
      line.replaceWith(quote)
      quote.append(line)
    }
  }
}

/* A first row whose cells all say something short, and no number, above other rows, is the head of its table. */
function headRows(page) {
  for (const table of page.querySelectorAll("table")) {
    const [first, next] = table.rows
    if (!next || table.querySelector("th") || first.cells.length < 2) continue
    const words = [...first.cells].map((cell) => cell.textContent.trim())
    if (!words.every((said) => said && said.length <= 60 && !/^[\d\s.,%€$£+−-]+$/.test(said))) continue
    for (const cell of [...first.cells]) {
      const head = page.createElement("th")
      for (const name of ["colspan", "rowspan"]) if (cell.hasAttribute(name)) head.setAttribute(name, cell.getAttribute(name))
      head.setAttribute("scope", "col")
      head.append(...cell.childNodes)
      cell.replaceWith(head)
    }
  }
}

/* Google leads by way of itself to what a text links to. articles/body.py does the same at the save. */
function pastGoogle(page) {
  for (const link of page.querySelectorAll("a[href*='google.']")) {
    const by = URL.parse?.(link.getAttribute("href"))
    const to = by && /^www\.google\.[a-z.]+$/.test(by.hostname) && by.pathname === "/url" && (by.searchParams.get("q") || by.searchParams.get("url"))
    if (/^https?:/.test(to || "")) link.setAttribute("href", to)
  }
}

/* Paragraphs in which nothing stands, or a picture that stays behind, and the empty lines that Google puts between two. */
function withoutHoles(page) {
  for (const picture of page.querySelectorAll("img")) picture.remove()
  for (const line of page.querySelectorAll("p")) if (!line.textContent.trim() && !line.closest("td, th")) line.remove()
  const block = "p, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, div"
  for (const gap of page.querySelectorAll("br")) {
    if (gap.previousElementSibling?.matches(block) || gap.nextElementSibling?.matches(block)) gap.remove()
  }
}

function wrap(element, name) {
  const around = element.ownerDocument.createElement(name)
  around.append(...element.childNodes)
  element.append(around)
}

/* Word, Google Docs and LibreOffice tie the number in the text and the note at the end by addresses within the page: a note
   so tied stands where its number was, and what is tied to nothing leads nowhere any more. As articles/pasted_notes.py does
   at the save, which the editor would come before: of Word's addresses, which name a file, it leaves nothing. */
const NOTE = /^(?:file:[^#]*|[^/#?:]*)#(_ftn|_edn|ftnt|sdfootnote|sdendnote)(\d+)(?:sym)?$/
const BACK = /^(?:file:[^#]*|[^/#?:]*)#(_ftn|_edn|ftnt|sdfootnote|sdendnote)(?:_?ref|(?=\d+anc))(\d+)(?:anc)?$/

function notesOfWord(page) {
  const places = new Map()
  const notes = new Map()
  for (const link of page.querySelectorAll("a[href]")) {
    for (const [links, address] of [[places, NOTE], [notes, BACK]]) {
      const [, kind, number] = address.exec(link.getAttribute("href")) || []
      if (kind && !links.has(kind + number)) links.set(kind + number, link)
    }
  }
  for (const [tie, link] of places) {
    if (!notes.has(tie)) continue
    const number = raised(notes.get(tie))
    const block = number.closest("p, li, div")
    if (block && !block.contains(link)) moveNote(page, block, number, raised(link))
  }
  for (const link of page.querySelectorAll("a[href]")) {
    const to = link.getAttribute("href")
    if (NOTE.test(to) || BACK.test(to)) link.replaceWith(...link.childNodes)
  }
}

/* The link, or what is there only to raise it above the line. */
function raised(link) {
  let above = link
  while (above.parentElement.matches("sup, span, a") && above.parentElement.textContent === link.textContent) above = above.parentElement
  return above
}

function moveNote(page, block, number, place) {
  number.remove()
  const note = page.createElement("small")
  note.className = "footnote"
  note.append(...block.childNodes)
  const words = page.createTreeWalker(note, NodeFilter.SHOW_TEXT)
  while (words.nextNode() && !(words.currentNode.data = words.currentNode.data.trimStart()));
  place.replaceWith(note)
  for (let empty = block; empty && empty !== page.body && !empty.textContent.trim();) {
    const above = empty.parentElement
    const before = empty.previousElementSibling
    if (before?.matches("hr, br")) before.remove()  // the line above the list
    empty.remove()
    empty = above
  }
}
