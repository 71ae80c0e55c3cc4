/* The sheet: lines that do not break, points that appear as one fills, counts, the look on a results page. */
const form = document.getElementById("article_form")
const field = (name) => form.elements.namedItem(name)

/* Lines */
for (const line of form.querySelectorAll("[data-oneline]")) {
  line.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) event.preventDefault()
  })
  line.addEventListener("paste", () => setTimeout(() => { line.value = line.value.replace(/\s*\n\s*/g, " ") }))
}

/* Key points: one more than what is filled */
const points = [...form.querySelectorAll(".point")]
function showPoints() {
  const last = points.findLastIndex((point) => point.value.trim())
  points.forEach((point, at) => { point.closest("li").hidden = at > last + 1 })
}
for (const point of points) {
  point.addEventListener("input", showPoints)
  point.addEventListener("keydown", (event) => {
    const at = points.indexOf(point)
    if (event.key === "Enter" && points[at + 1]) { showPoints(); points[at + 1].focus() }
    if (event.key === "Backspace" && !point.value && at) { event.preventDefault(); points[at - 1].focus() }
  })
}
showPoints()
field("title").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) field("standfirst").focus()
})

/* Counts */
const counts = document.getElementById("counts")
function count() {
  const within = /<\/?(?:strong|em|s|sub|sup|a|code)(?=[\s>])[^>]*>/g  // as WITHIN_WORDS in articles/body.py
  const plain = field("body").value.replace(within, "").replace(/<[^>]+>/g, " ")
  const text = new DOMParser().parseFromString(plain, "text/html").body.textContent
  const words = (text.match(/[\p{L}\p{N}_][\p{L}\p{N}_'’-]*/gu) || []).length
  const minutes = Math.max(1, Math.ceil(words / 220))
  const language = document.documentElement.lang
  const said = new Intl.PluralRules(language).select(words) === "one" ? counts.dataset.one : counts.dataset.other
  counts.textContent = `${said.replace(/\d/, words.toLocaleString(language))} · ${counts.dataset.minutes.replace(/\d/, minutes)}`
}
let counting
field("body").addEventListener("input", () => { clearTimeout(counting); counting = setTimeout(count, 300) })
count()

/* Search engines */
const LIMITS = { seo_title: 60, seo_description: 160 }
const result = form.querySelector(".result")
function slug(title) {
  const ligatures = { œ: "oe", æ: "ae", ß: "ss", ø: "o", ł: "l" }
  return title.toLowerCase().replace(/[œæßøł]/g, (sign) => ligatures[sign]).normalize("NFKD").replace(/\p{M}/gu, "")
    .replace(/['’ʼ]/g, " ").replace(/[^\w\s-]/g, "").trim().replace(/[\s-]+/g, "-").slice(0, 80)
}
function showResult() {
  const title = field("seo_title").value || field("title").value
  const text = field("seo_description").value || field("standfirst").value
  result.querySelector("b").textContent = title.length > 62 ? `${title.slice(0, 60)}…` : title
  result.lastElementChild.textContent = text.length > 162 ? `${text.slice(0, 160)}…` : text
  const address = field("slug").value || slug(field("title").value)
  result.querySelector(".result__url").textContent = `${result.dataset.site}/${address}/`
  field("slug").placeholder = slug(field("title").value)
  for (const [name, most] of Object.entries(LIMITS)) {
    const input = field(name)
    let output = input.parentElement.querySelector("output")
    if (!output) input.after(output = document.createElement("output"))
    output.textContent = `${input.value.length} / ${most}`
    output.classList.toggle("over", input.value.length > most)
  }
}
for (const name of ["title", "standfirst", "seo_title", "seo_description", "slug"]) field(name).addEventListener("input", showResult)
field("slug").addEventListener("desk:set", showResult)
showResult()

/* The days until comments close matter only when they do */
const days = form.querySelector(".field--comments_days")
const policy = () => { days.hidden = field("comments").value !== "timed" }
field("comments").addEventListener("change", policy)
policy()
