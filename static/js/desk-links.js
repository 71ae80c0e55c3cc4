/* The dialog of a link: words typed instead of an address find articles and pages of the site, to be chosen. */
{
  const dialog = document.getElementById("link-dialog")
  const input = dialog.querySelector("input")
  const list = dialog.querySelector("[data-found]")
  const said = dialog.querySelector("[data-said]")
  let wait
  let asked = 0

  const isAddress = (typed) => /^(https?:|mailto:|www\.|[\/#])/i.test(typed) || /^\S+[.@]\S+\.?\S*$/.test(typed)

  function row({ title, url }) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: title })
    button.append(Object.assign(document.createElement("small"), { textContent: url }))
    button.addEventListener("click", () => {
      input.value = url
      show([])
      dialog.querySelector("[value=set]").focus()
    })
    const item = document.createElement("li")
    item.append(button)
    return item
  }

  function show(links) {
    list.hidden = !links.length
    list.replaceChildren(...links.map(row))
  }

  async function look() {
    const typed = input.value.trim()
    const mine = ++asked
    said.textContent = ""
    if (typed.length < 2 || isAddress(typed)) return show([])
    const query = new URLSearchParams({ q: typed, language: document.getElementById("id_language")?.value || "" })
    const { links } = await fetch(`${dialog.dataset.url}?${query}`).then((answer) => answer.json()).catch(() => ({ links: [] }))
    if (mine !== asked || !dialog.open) return
    show(links)
    said.textContent = links.length ? said.dataset.some : said.dataset.none
  }

  input.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(look, 250) })
  dialog.addEventListener("close", () => { clearTimeout(wait); asked++; said.textContent = ""; show([]) })
}
