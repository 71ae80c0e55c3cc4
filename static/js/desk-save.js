/* Saving: Ctrl+S on every form of the desk, a question before what is not saved is left, and on the sheets of articles
   and pages a save that leaves one where one writes, and shows there what is refused. What this page has no room for, such
   as a version saved meanwhile, is sent once more as any form is: the answer shows it. */
{
  const PATIENCE = 10_000 // milliseconds in which a page that was sent is left
  const form = document.querySelector("#content form[method=post][id$=_form]")
  if (form) start(form, document.getElementById("kept"))

  function start(form, sheet) {
    const state = document.getElementById("saved-state")
    const echo = form.querySelector("[data-state]")
    const conflict = form.querySelector(".conflict:not(#behind)") // what was chosen of it, the server alone puts together
    let refused = Boolean(conflict || form.querySelector(".errornote"))
    const typed = () => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]))
    const say = (words) => { for (const place of [state, echo]) if (place) place.textContent = words }
    const make = (name, values) => Object.assign(document.createElement(name), values)
    /* What keeps a form from being saved stands beside the button as well: the rest may be far out of sight. */
    const warn = (...words) => {
      const item = make("li", { className: "error" })
      item.append(...words)
      const list = make("ul", { className: "messagelist" })
      list.append(item)
      form.querySelector("[data-said]")?.replaceChildren(...(words.length ? [list] : []))
    }
    const sayOut = () => {
      const link = () => make("a", { href: state.dataset.login, target: "_blank", textContent: state.dataset.out })
      for (const place of [state, echo]) place?.replaceChildren(link())
      warn(link())
    }
    let touched = refused
    let asLoaded, saving, wanted, leaving, sure

    if (echo) echo.textContent = state.textContent
    /* Some fields change by scripts of Django's, without an event: so what stands in the form is compared as well. */
    addEventListener("load", () => { asLoaded = typed() })
    form.addEventListener("input", () => {
      if (!touched && state) say(state.dataset.unsaved)
      touched = true
    })
    document.addEventListener("desk:out", sayOut)
    document.addEventListener("desk:in", () => { say(state.dataset.unsaved); warn() })
    form.addEventListener("input", ({ target }) => mended(target))
    form.addEventListener("change", ({ target }) => mended(target))
    addEventListener("beforeunload", (event) => {
      if (!leaving && (touched || (asLoaded && typed() !== asLoaded))) event.preventDefault()
    })
    addEventListener("keydown", (event) => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      if (document.querySelector("dialog:modal")) return
      const button = (!sheet && form.querySelector("[name=_continue]")) || form.querySelector("[name=_save]")
      if (button?.name === "_continue") sessionStorage.setItem("desk:place", JSON.stringify(here()))
      if (button) form.requestSubmit(button)
    })
    /* A form that is saved by loading it anew is shown where one was in it, the cursor too; refused, at what is wrong. */
    addEventListener("load", () => {
      const was = JSON.parse(sessionStorage.getItem("desk:place"))
      sessionStorage.removeItem("desk:place")
      if (refused && !sheet) form.querySelector("[aria-invalid=true]:not([type=hidden])")?.focus()
      if (refused || !was) return
      const field = was.name && form.querySelector(`[name="${CSS.escape(was.name)}"]`)
      field?.focus({ preventScroll: true })
      if (was.at !== null) field?.setSelectionRange?.(was.at, was.at)
      scrollTo(scrollX, was.y)
    })
    function here() {
      const field = form.contains(document.activeElement) ? document.activeElement : {}
      return { y: scrollY, name: field.name, at: field.selectionStart ?? null }
    }
    form.addEventListener("submit", (event) => {
      const button = event.submitter
      if (button?.formTarget === "_blank") return
      const open = button?.name !== "_theirs" && form.querySelector(".conflict input:invalid")
      if (open) {
        event.preventDefault()
        open.reportValidity()
        return
      }
      if (saving || leaving) {
        event.preventDefault()
        wanted = button
      } else if (sheet && !conflict && !sure && ["_save", "_publish"].includes(button?.name)) {
        event.preventDefault()
        press(button)
      } else {
        leaving = true
        setTimeout(() => { leaving = false }, PATIENCE) // who is still here has stopped it
      }
    })

    /* What is pressed during a save is done after it, and twice is once. Whatever breaks, the buttons work again. */
    async function press(button) {
      saving = true
      wanted = null
      let outcome = "lost"
      try {
        outcome = await save()
      } catch (error) {
        reportError(error)
        touched = true
        say(state.dataset.unsaved)
      } finally {
        saving = false
      }
      if (outcome === "elsewhere") sure = true
      const next = outcome === "elsewhere" ? button : [wanted, button].find((one) => one && one.name !== "_save") || (touched && wanted)
      if (outcome === "lost" || outcome === "refused") return form.dispatchEvent(new CustomEvent(`desk:${outcome}`))
      if (!next) return
      const again = () => {
        const same = [...form.querySelectorAll(`[name="${next.name}"]`)].find((other) => other.value === next.value)
        if (same) form.requestSubmit(same)
      }
      if (outcome === "saved" && next.name === "_publish") ask(again, next.value)
      else again()
    }

    /* What was wrong with a field is said until it is changed: what is wrong with it then, the next save says. */
    function mended({ id }) {
      const [error] = [id, id.replace(/_\d+$/, "")].map((one) => document.getElementById(`${one}_error`)).filter(Boolean)
      if (!error) return
      const name = error.id.replace(/_error$/, "")
      for (const input of form.querySelectorAll(`[aria-describedby~="${error.id}"]`)) {
        input.removeAttribute("aria-invalid")
        input.setAttribute("aria-describedby", input.getAttribute("aria-describedby").replace(error.id, "").trim())
      }
      const row = error.closest(".field--wrong, .errors")
      error.remove()
      if (!row?.querySelector(".errorlist")) row?.classList.remove("field--wrong", "errors")
      form.querySelector(`.checks [data-of="${name}"]`)?.remove()
      const note = form.querySelector(".errornote")
      note?.querySelector(`[href="#${name}"], [href="#${name}_0"]`)?.closest("li").remove()
      if (note?.querySelector("ul") && !note.querySelector("li")) note.remove()
    }

    function forgive() {
      refused = false
      for (const { id } of form.querySelectorAll("[id$=_error]")) mended({ id: id.replace(/_error$/, "") })
      for (const note of form.querySelectorAll(".errornote, .errorlist.nonfield")) note.remove()
    }

    /* Show what is wrong as the server says it, each at its field; return false when one of them is not here. */
    const ROWS = ".field, .form-row, .points"
    function refuse(drawn, fresh) {
      const wrong = [...fresh.querySelectorAll("[id$=_error]")].map((error) => {
        const id = error.id.replace(/_error$/, "")
        return [error, error.closest(ROWS), (document.getElementById(id) || document.getElementById(`${id}_0`))?.closest(ROWS)]
      })
      if (fresh.querySelector(".conflict:not(#behind)") || wrong.some(([, , row]) => !row)) return false
      forgive()
      refused = touched = true
      for (const [error, drawnRow, row] of wrong) {
        for (const name of ["field--wrong", "errors"]) row.classList.toggle(name, drawnRow.classList.contains(name))
        drawnRow.firstElementChild === error ? row.prepend(error) : row.append(error)
        const folded = row.closest("details")
        if (folded) folded.open = true
      }
      for (const input of fresh.querySelectorAll("[aria-invalid]")) {
        const here = document.getElementById(input.id)
        for (const name of ["aria-invalid", "aria-describedby"]) here?.setAttribute(name, input.getAttribute(name))
      }
      sheet.after(...fresh.querySelectorAll(".errornote, .errorlist.nonfield"))
      const [checks, others] = [document, drawn].map((page) => page.querySelector("[data-renew=checks]"))
      if (checks && others) renew(checks, others)
      say(state.dataset.unsaved)
      form.querySelector(".errornote")?.scrollIntoView({ block: "center" })
      return true
    }

    /* What is written of a photo is kept with it: what was wanting may be there now. */
    document.addEventListener("desk:photo", async () => {
      const page = sheet && (await fetch(location.href).then((answer) => answer.text()).catch(() => null))
      if (!page || saving) return
      const other = new DOMParser().parseFromString(page, "text/html").querySelector("[data-renew=checks]")
      if (other) renew(document.querySelector("[data-renew=checks]"), other)
    })

    /* A draft is saved before it is published: then the question shows its address, and what there is to look at now. */
    function ask(publish, way) {
      const dialog = document.getElementById("publish-dialog")
      const go = () => { sure = true; publish() }
      if (!dialog || !("ask" in dialog.dataset)) return go()
      for (const part of dialog.querySelectorAll("[data-of]")) part.hidden = part.dataset.of !== way
      dialog.returnValue = ""
      dialog.addEventListener("close", () => dialog.returnValue === "publish" && go(), { once: true })
      dialog.showModal()
    }

    /* Return what became of it: saved, refused, lost without an answer or a session, or to be sent elsewhere: as a form. */
    async function save() {
      const sent = new FormData(form)
      sent.set("_save", "1")
      touched = false
      asLoaded = typed()
      say(state.dataset.saving)
      warn()
      const answer = await session.post(form.getAttribute("action") || location.href, sent)
      if (session.isOver(answer)) {
        touched = true
        return "lost"
      }
      const page = answer && answer.status < 500 && (await answer.text().catch(() => null))
      if (!page) {
        touched = true
        say(state.dataset.unreached)
        warn(state.dataset.unreached)
        return "lost"
      }
      const drawn = new DOMParser().parseFromString(page, "text/html")
      const fresh = drawn.getElementById(form.id)
      if (!fresh?.elements.copy) return "elsewhere"
      if (!answer.redirected) return refuse(drawn, fresh) ? "refused" : "elsewhere"
      history.replaceState(null, "", answer.url)
      takeOver(drawn, fresh, sent)
      return "saved"
    }

    /* Take what the server draws anew, and nothing in which one types; first what the next save and copy go by. */
    function takeOver(drawn, fresh, sent) {
      if (form.hasAttribute("action")) form.setAttribute("action", fresh.getAttribute("action"))
      for (const { name, value } of fresh.querySelectorAll("[type=hidden]:not([name=csrfmiddlewaretoken])"))
        if (form.elements[name]) form.elements[name].value = value
      for (const name of ["slug", "tags"]) {
        const input = form.elements[name]
        if (!input || !fresh.elements[name] || input.value !== sent.get(name)) continue
        input.value = fresh.elements[name].value
        input.dispatchEvent(new CustomEvent("desk:set"))
      }
      if (refused) forgive()
      Object.assign(sheet.dataset, { ...drawn.getElementById("kept").dataset })
      try {
        draw(drawn)
      } finally {
        if (!touched) asLoaded = typed() // what is drawn anew may say something else: a tick is taken off
        form.dispatchEvent(new CustomEvent("desk:saved", { detail: { touched, sent } }))
      }
    }

    function draw(drawn) {
      for (const part of document.querySelectorAll("[data-renew]")) {
        const other = drawn.querySelector(`[data-renew="${part.dataset.renew}"]`)
        if (other) renew(part, other)
      }
      document.title = drawn.title
      say(touched ? state.dataset.unsaved : drawn.getElementById("saved-state").textContent)
      const said = drawn.querySelector(".messagelist")
      document.querySelector(".desk__main > [role=status]")?.remove()
      form.querySelector("[data-said]").replaceChildren(...(said ? [said] : []))
    }

    function renew(part, other) {
      const focused = part.contains(document.activeElement) ? document.activeElement.name : null
      const open = [...part.querySelectorAll("details")].map((details) => details.open)
      part.replaceWith(other)
      other.querySelectorAll("details").forEach((details, at) => { details.open ||= open[at] })
      if (!focused) return
      const place = other.querySelector(`[name="${focused}"]`) || other.querySelector("[name=_save]")
      place?.focus({ preventScroll: true })
    }
  }
}
