// The queue without reloading: decide with a key or a thumb, go on with the next, take back. Without it, forms do it.
const queue = document.getElementById("queue")
const list = document.getElementById("cases")
const said = queue.querySelector("[data-said]")
const many = document.getElementById("many")
const all = queue.querySelector("[data-all] input")
const REFILL_BELOW = 8
let current = null
let waiting = Promise.resolve()
let forget = 0
let underway = 0

const cases = () => [...list.querySelectorAll(".case:not([hidden])")]
const caseOf = (part) => part.closest(".case")
// What a summary opens is the form after it.
const panelOf = (part) => part.closest(".panel") ?? part.closest(".panel + .panel__form")?.previousElementSibling
const idOf = (one) => one.id.slice("case-".length)
const picks = () => [...list.querySelectorAll(".case:not([hidden]) .case__pick input")]

function select(one) {
  if (current === one) return
  current?.removeAttribute("aria-current")
  current = one
  one?.setAttribute("aria-current", "true")
}

function goTo(one) {
  select(one)
  ;(one ?? list).focus({ preventScroll: true })
  one?.scrollIntoView({ block: "nearest" })
}

function neighbour(step) {
  const shown = cases()
  const place = shown.indexOf(current)
  return shown[place < 0 ? 0 : Math.min(Math.max(place + step, 0), shown.length - 1)]
}

function tellPicked() {
  const boxes = picks()
  const count = boxes.filter((box) => box.checked).length
  many.querySelector("[data-selected]").textContent = count || ""
  if (!all) return
  all.checked = count > 0 && count === boxes.length
  all.indeterminate = count > 0 && count < boxes.length
}

function tell(html) {
  said.innerHTML = html
  clearTimeout(forget)
  // What can no longer be taken back offers no button.
  forget = setTimeout(() => said.querySelector("[data-undo]")?.remove(), 10 * 60 * 1000)
}

class Ended extends Error {}

function fail(why) {
  const failed = document.createElement("p")
  failed.className = "said__note"
  failed.textContent = said.dataset.failed
  const note = why instanceof Ended ? queue.querySelector("[data-ended]").content.cloneNode(true) : failed
  said.querySelectorAll(".said__note").forEach((old) => old.remove())
  said.prepend(note)
  if (!said.querySelector("[data-close]")) said.append(queue.querySelector("[data-closing]").content.cloneNode(true))
}

function count(numbers) {
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = numbers[place.dataset.count]
  for (const place of document.querySelectorAll(".desk__tabs [aria-current] .count")) place.textContent = numbers.waiting
}

// Put what the list's page shows by now, and this one does not, at its place; `anew` is drawn as it is by now.
async function refill(anew = []) {
  const answer = await fetch(location.href)
  if (!answer.ok || answer.redirected) return
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
  let previous = null
  for (const one of fresh.querySelectorAll("#cases > [id]")) {
    const here = document.getElementById(one.id)
    if (here?.hidden) continue
    const place = here && !anew.includes(idOf(one)) ? here : document.adoptNode(one)
    if (place !== here) here ? here.replaceWith(place) : previous ? previous.after(place) : list.prepend(place)
    previous = place
  }
  list.dispatchEvent(new Event("moderation:fresh", { bubbles: true }))
  look()
}

function look() {
  queue.querySelector("[data-empty]").hidden = cases().length > 0
  tellPicked()
}

function leave(how) {
  underway = 0
  how()
}

async function post(address, body) {
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } })
  if (answer.redirected || answer.status === 403) throw new Ended()
  if (answer.status === 422) return { wrong: true }
  else if (answer.ok) return answer.json()
  throw new Error(answer.status)
}

// One after the other, in the order of the gestures: an answer may need what was approved before it.
function send(form, button, then) {
  const [address, body] = [form.action, new FormData(form, button)]
  underway += 1
  waiting = waiting.then(async () => {
    let answer = null
    try {
      answer = await post(address, body)
      if (answer.bar) tell(answer.bar)
      if (answer.counts) count(answer.counts)
    } catch (why) {
      fail(why)
    }
    await then(answer).catch(fail)
    look()
    underway -= 1
  })
}

// A case leaves at once and the next one has the focus; should the site refuse, it comes back.
function decide(form, button) {
  const chosen = form === many ? picks().filter((box) => box.checked).map(caseOf) : [caseOf(form)]
  const shown = cases()
  const next = shown.slice(shown.indexOf(chosen.at(-1)) + 1)[0] ?? shown.findLast((one) => !chosen.includes(one))
  send(form, button, async (answer) => {
    // Sent again as a page: that one says at the field what is wrong, and keeps the words.
    if (answer?.wrong) return leave(() => HTMLFormElement.prototype.submit.call(form))
    if (answer) {
      form.reset()
      panelOf(form)?.removeAttribute("open")
    }
    for (const one of chosen) {
      if (answer?.gone.includes(idOf(one))) one.remove()
      else one.hidden = false
    }
    if (!answer?.gone.length) goTo(chosen[0])
    if (cases().length < REFILL_BELOW) await refill()
    if (!current?.isConnected) goTo(cases()[0])
  })
  for (const one of chosen) {
    one.hidden = true
    one.querySelector(".case__pick input").checked = false
  }
  goTo(next)
  look()
}

function undo(form) {
  send(form, undefined, async (answer) => {
    await refill(answer?.back)
    goTo(answer?.back.map((id) => document.getElementById(`case-${id}`)).find(Boolean) ?? cases()[0])
  })
}

addEventListener("beforeunload", (event) => underway && event.preventDefault())

queue.addEventListener("submit", (event) => {
  if (event.target.matches("[data-undo]")) undo(event.target)
  else if (event.target.matches("[data-decide]")) decide(event.target, event.submitter)
  else return
  event.preventDefault()
})

list.addEventListener("focusin", (event) => select(event.target.closest(".case") ?? current))
list.addEventListener("change", (event) => event.target.closest(".case__pick") && tellPicked())
all?.addEventListener("change", () => {
  for (const box of picks()) box.checked = all.checked
  tellPicked()
})

// With a selection, a decision is one on all of it.
const decideMany = (status) => picks().some((box) => box.checked) && many.querySelector(`[value=${status}]`)
const toMany = () => many.checkVisibility() && (many.querySelector("select, button").focus(), true)

// What each key does here; false leaves it to what it does on every page of the desk.
const PRESS = {
  j: () => goTo(neighbour(1)),
  k: () => goTo(neighbour(-1)),
  a: () => decideMany("approved") && (decideMany("approved").click(), true),
  s: () => decideMany("spam") && (decideMany("spam").click(), true),
  r: () => picks().some((box) => box.checked) && toMany(),
  b: toMany,
  x: () => current?.querySelector(".case__pick input")?.click(),
  // What was decided last may still be on its way: without waiting, the one before it would be taken back.
  u: () => waiting.then(() => said.querySelector("[data-undo] button")?.click()),
}

queue.addEventListener("moderation:key", (event) => {
  const act = PRESS[event.detail]
  if (act && act() !== false) event.preventDefault()
})

if (all) queue.querySelector("[data-all]").hidden = false
select(cases()[0] ?? null)
tellPicked()
