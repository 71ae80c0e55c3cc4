/* The photo library as the desk's forms see it: a dialog to choose from, and the featured photo. */
const known = new Map()
for (const photo of JSON.parse(document.getElementById("photos-in-use")?.textContent || "[]")) known.set(String(photo.id), photo)

export const library = { choose, look, report, send, thumbnail, photo: (id) => known.get(String(id)) }

/* Add a file to the library; the answer is the photo, or an object whose `error` says why there is none. */
async function send(file) {
  const { upload, broken } = document.getElementById("photo-dialog").dataset
  if (!upload) return { error: broken }
  const sent = new FormData()
  sent.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value)
  sent.append("file", file)
  const answer = await fetch(upload, { method: "POST", body: sent, headers: { Accept: "application/json" } })
    .then((response) => response.json()).catch(() => ({ error: broken }))
  if (!answer.error) known.set(String(answer.id), answer)
  return answer
}

/* Say what became of the files, [file, answer] each, where there is something to say; of a photo that was there, with a link. */
function report(place, sent) {
  const { open } = document.getElementById("photo-dialog").dataset
  place.replaceChildren(...sent.filter(([, answer]) => answer.error || answer.notice).map(([file, answer]) => {
    const line = Object.assign(document.createElement("span"), { textContent: `${file.name} – ${answer.error || answer.notice} ` })
    if (answer.new === false) line.append(Object.assign(document.createElement("a"), { href: answer.url, target: "_blank", textContent: open }), " ")
    return line
  }))
}

/* Ask for a photo that this page does not show yet; undefined when there is none of this number. */
async function look(id) {
  const { url } = document.getElementById("photo-dialog").dataset
  if (id && !known.has(String(id))) {
    const answer = await fetch(`${url}?id=${id}`, { headers: { Accept: "application/json" } }).catch(() => null)
    for (const photo of answer?.ok ? (await answer.json()).photos : []) known.set(String(photo.id), photo)
  }
  return known.get(String(id))
}

function choose({ many = false } = {}) {
  const dialog = document.getElementById("photo-dialog")
  const form = dialog.querySelector("form")
  const list = dialog.querySelector("[data-photos]")
  const search = dialog.querySelector("input[type=search]")
  const more = dialog.querySelector("[data-more]")
  let page = 1
  let asked = 0

  async function show(reset) {
    if (reset) page = 1
    const mine = ++asked
    const query = new URLSearchParams({ q: search.value, page })
    const answer = await fetch(`${dialog.dataset.url}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null)
    if (mine !== asked) return
    dialog.querySelector("[data-failed]").hidden = Boolean(answer?.ok)
    if (!answer?.ok) return
    const { photos, more: others } = await answer.json()
    /* What is chosen stays, also when it was before this answer came. */
    if (reset) list.replaceChildren(...[...list.children].filter((one) => one.querySelector(":checked")))
    for (const photo of photos) {
      known.set(String(photo.id), photo)
      if (!list.querySelector(`[value="${photo.id}"]`)) list.append(tile(photo))
    }
    more.hidden = !others
    dialog.querySelector("[data-none]").hidden = list.children.length > 0
    choice()
  }

  function tile(photo) {
    const label = document.createElement("label")
    const box = Object.assign(document.createElement("input"), { type: many ? "checkbox" : "radio", name: "photo", value: photo.id })
    const name = Object.assign(document.createElement("span"), { textContent: photo.title })
    label.append(box, thumbnail(photo), name)
    return label
  }

  /* In the order in which they were ticked: the first of two is the one before. */
  let order = []
  function chosen() {
    const ticked = [...list.querySelectorAll(":checked")].map((box) => box.value)
    order = [...order.filter((id) => ticked.includes(id)), ...ticked.filter((id) => !order.includes(id))]
    return order.map((id) => known.get(id))
  }
  function choice() {
    const count = chosen().length
    if (list.children.length) dialog.querySelector("[data-none]").hidden = true
    for (const button of dialog.querySelectorAll("[data-needs]")) {
      const [least, most] = button.dataset.needs.split("-").map(Number)
      button.hidden = least > 1 && !many
      button.disabled = count < least || count > (most || 99)
    }
  }

  const files = dialog.querySelector("input[type=file]")
  async function add() {
    const state = dialog.querySelector("[data-upload-state]")
    state.hidden = false
    state.textContent = state.dataset.sending
    const sent = []
    let before = null
    for (const file of files.files) {
      const answer = await send(file)
      sent.push([file, answer])
      if (answer.error) continue
      list.querySelector(`[value="${answer.id}"]`)?.closest("label").remove()
      const made = tile(answer)
      made.querySelector("input").checked = true
      before ? before.after(made) : list.prepend(made)
      before = made
    }
    report(state, sent)
    state.hidden = !state.hasChildNodes()
    files.value = ""
    choice()
  }

  const quiet = new AbortController()
  files?.addEventListener("change", add, { signal: quiet.signal })
  let wait
  search.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => show(true), 200) }, { signal: quiet.signal })
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault() }, { signal: quiet.signal })
  more.addEventListener("click", () => { page += 1; show(false) }, { signal: quiet.signal })
  list.addEventListener("change", choice, { signal: quiet.signal })
  search.value = ""
  list.replaceChildren()
  dialog.returnValue = ""
  dialog.showModal()
  show(true)
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      quiet.abort()
      const answer = dialog.returnValue
      done({ photos: answer ? chosen() : [], kind: answer === "one" ? "" : answer })
      form.reset()
    }, { once: true })
  })
}

/* The picture of a photo, small or from another of its files, {url, width, height}. */
function thumbnail(photo, file) {
  const image = document.createElement("img")
  image.alt = photo?.alt || ""
  if (file) [image.src, image.width, image.height] = [file.url, file.width, file.height]
  else if (photo?.thumb) image.src = photo.thumb
  return image
}

/* The featured photo: the list of names gives way to the picture and the dialog. */
const field = document.querySelector("[data-photo-field]")
if (field) {
  const select = field.querySelector("select")
  const shown = field.querySelector(".photo-field__on")
  const figure = shown.querySelector("figure")
  const image = thumbnail()
  const face = select.name === "portrait"
  figure.classList.toggle("photo-field__face", face)
  figure.prepend(image)
  const draw = () => {
    const photo = known.get(select.value)
    figure.hidden = !photo
    if (photo) image.src = (!face && photo.card?.url) || photo.thumb
    shown.querySelector("figcaption").textContent = photo ? photo.alt || (photo.decorative ? field.dataset.decorative : field.dataset.mute) : ""
    shown.classList.toggle("photo-field--mute", Boolean(photo) && !photo.alt && !photo.decorative)
    const link = shown.querySelector("[data-open]")
    link.hidden = shown.querySelector("[data-clear]").hidden = !photo
    if (photo) link.href = photo.url
    field.dispatchEvent(new CustomEvent("desk:drawn"))
  }
  /* The list names a few photos only. */
  const offer = (photo) => {
    if (photo && ![...select.options].some((option) => option.value === String(photo.id))) select.add(new Option(photo.title, photo.id))
  }
  const set = (photo) => {
    offer(photo)
    select.value = photo ? photo.id : ""
    select.dispatchEvent(new Event("input", { bubbles: true }))
    draw()
  }
  select.hidden = true
  shown.hidden = false
  shown.querySelector("[data-choose]").addEventListener("click", async () => {
    const { photos } = await choose()
    if (photos.length) set(photos[0])
  })
  shown.querySelector("[data-clear]").addEventListener("click", () => set(null))
  select.addEventListener("desk:set", ({ detail }) => {
    if (detail === undefined) return
    offer(detail && { id: detail, title: detail })
    select.value = detail
    look(detail).then(draw)
  })
  document.addEventListener("desk:photo", draw)
  draw()
}
