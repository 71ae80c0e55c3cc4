/* While a copy of the site is being made, its page looks for it, and says when it is there. */
const state = document.getElementById("being-made")

async function look() {
  const page = await fetch(location.href).then((answer) => (answer.ok && !answer.redirected ? answer.text() : "")).catch(() => "")
  const drawn = new DOMParser().parseFromString(page, "text/html")
  const copies = drawn.getElementById("copies")
  if (!copies || drawn.querySelector("#being-made p")) return setTimeout(look, 3000)
  const before = document.getElementById("copies")
  const more = copies.querySelector("a")?.href !== before.querySelector("a")?.href
  before.replaceWith(copies)
  state.textContent = more ? state.dataset.done : ""
}

setTimeout(look, 2000)
