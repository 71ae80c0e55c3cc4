/* What one sees on a picture, written where the picture stands: kept with the photo, in the language of the text. */
import { library } from "desk/photos"

const words = document.querySelector(".editor__text")?.dataset
const language = () => document.getElementById("id_language").value

export function altField(changed) {
  const label = Object.assign(document.createElement("label"), { className: "figure__alt" })
  const line = Object.assign(document.createElement("textarea"), { rows: 1, maxLength: 300 })
  const said = Object.assign(document.createElement("small"), { role: "status" })
  label.append(Object.assign(document.createElement("span"), { textContent: words.alt }), line, said)
  let photo
  let wait

  async function keep() {
    clearTimeout(wait)
    const sent = line.value.trim()
    const meant = photo
    const spoken = language()
    if (!meant) return
    if (sent === (meant.alts[spoken] || "")) return line.removeAttribute("name")
    const body = new FormData()
    body.append("language", spoken)
    body.append("alt", sent)
    const response = await session.post(meant.alt_url, body, { keepalive: true, headers: { Accept: "application/json" } })
    const broken = session.isOver(response) ? document.getElementById("saved-state").dataset.out : words.altBroken
    const answer = (await response?.json().catch(() => null)) || { error: broken }
    if (!answer.error) Object.assign(meant, answer)
    if (meant !== photo) return
    said.textContent = answer.error || answer.notice || words.altKept
    if (!answer.error) {
      line.removeAttribute("name")
      return changed(meant)
    }
    /* What the photo could not be told is kept with what is typed on this sheet. */
    line.name = `alt-${meant.id}`
    line.form?.dispatchEvent(new Event("input"))
  }
  const again = () => line.name && keep()
  document.addEventListener("desk:in", again)
  document.addEventListener("desk:saved", again, true)
  document.addEventListener("desk:brought", ({ detail }) => {
    const brought = label.isConnected && photo && detail[`alt-${photo.id}`]
    if (!brought) return
    line.value = brought
    keep()
  }, true)

  /* It is the photo's, not the text's: the sheet has not changed. */
  line.addEventListener("input", (event) => {
    if (!line.name) event.stopPropagation()
    said.textContent = ""
    clearTimeout(wait)
    wait = setTimeout(keep, 1200)
  })
  line.addEventListener("change", (event) => { event.stopPropagation(); keep() })
  line.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault() })
  addEventListener("pagehide", keep)
  document.getElementById("id_language").addEventListener("input", () => show(photo, true))

  function show(now, whole = false) {
    if (whole || now?.id !== photo?.id) line.removeAttribute("name")
    photo = now
    label.hidden = !now?.alt_url || now.decorative
    line.lang = language()
    if (whole || (!line.name && document.activeElement !== line)) line.value = now?.alts[language()] || ""
  }
  return { label, show }
}

/* Below the featured photo as well. */
const featured = document.querySelector("[data-photo-field]")
if (featured) {
  const { label, show } = altField((photo) => document.dispatchEvent(new CustomEvent("desk:photo", { detail: photo })))
  const chosen = () => library.photo(featured.querySelector("select").value)
  featured.querySelector("figure").after(label)
  featured.addEventListener("desk:drawn", () => show(chosen()))
  show(chosen())
}
