/* Several photos at once: dropped anywhere, pasted or chosen; each with its progress, and what was wrong with it. */
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-drop]")
  if (!form) return
  const input = form.querySelector("input[type=file]")
  const list = form.querySelector(".drop__list")
  const words = form.dataset
  const waiting = []
  let busy = false

  form.querySelector(".drop__send").hidden = true
  input.addEventListener("change", () => {
    add([...input.files])
    input.value = ""
  })
  addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return
    event.preventDefault()
    form.classList.add("drop--over")
  })
  addEventListener("dragleave", (event) => event.relatedTarget || form.classList.remove("drop--over"))
  addEventListener("drop", (event) => {
    form.classList.remove("drop--over")
    if (!event.dataTransfer.files.length) return
    event.preventDefault()
    add([...event.dataTransfer.files])
  })
  addEventListener("paste", (event) => event.clipboardData.files.length && add([...event.clipboardData.files]))

  function add(files) {
    for (const file of files) {
      const line = document.createElement("li")
      const name = Object.assign(document.createElement("span"), { textContent: file.name })
      const progress = Object.assign(document.createElement("progress"), { max: 1, value: 0 })
      progress.setAttribute("aria-label", file.name)
      line.append(name, progress)
      list.append(line)
      waiting.push({ file, line, progress })
    }
    next()
  }

  function next() {
    if (busy) return
    const upload = waiting.shift()
    if (!upload) return list.querySelector(".drop__done") && offer()
    busy = true
    send(upload).then(({ status, answer }) => {
      busy = false
      upload.progress.remove()
      show(upload.line, status, answer)
      next()
    })
  }

  /* XMLHttpRequest, since fetch does not say how far an upload has come. */
  function send({ file, progress }) {
    return new Promise((done) => {
      const request = new XMLHttpRequest()
      const body = new FormData()
      body.append("file", file)
      if (form.elements.again.checked) body.append("again", "1")
      request.open("POST", form.action)
      request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value)
      request.responseType = "json"
      request.upload.addEventListener("progress", (event) => { progress.value = event.loaded / event.total })
      request.addEventListener("loadend", () => done({ status: request.status, answer: request.response }))
      request.send(body)
    })
  }

  function show(line, status, answer) {
    const said = document.createElement("span")
    if (status === 200 && answer?.id) {
      line.classList.add("drop__done")
      line.prepend(Object.assign(document.createElement("img"), { src: answer.thumb, alt: "", width: 48, height: 48 }))
      const missing = !answer.alt && !answer.decorative
      const link = Object.assign(document.createElement("a"), { href: answer.url, textContent: missing ? words.mend : words.done })
      said.append(link, answer.notice ? ` ${answer.notice}` : "")
    } else {
      line.classList.add("drop__failed")
      said.textContent = answer?.error || words.failed
    }
    line.append(said)
  }

  function offer() {
    if (form.querySelector(".drop__again")) return
    form.append(Object.assign(document.createElement("a"), { className: "drop__again button", href: location.pathname, textContent: words.again }))
  }
})
