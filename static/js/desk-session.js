/* A session that ends while one writes: one is told, and goes on writing. After a login in another tab this page takes the
   new token, and its buttons work again. */
{
  const state = document.getElementById("saved-state")
  let over = false
  /* Whether that answer is the page on which one logs in. */
  const isOver = (answer) => Boolean(answer?.redirected && new URL(answer.url).pathname === state.dataset.login)

  /* Return this page as the server draws it now; with it come the tokens of whoever is logged in. */
  async function renew() {
    const page = await fetch(location.href).catch(() => null)
    if (!page?.ok || isOver(page)) return page
    const drawn = new DOMParser().parseFromString(await page.text(), "text/html")
    const { value } = drawn.querySelector("[name=csrfmiddlewaretoken]")
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = value
    return page
  }

  /* Return the answer, null without one. */
  async function post(url, body, how = {}) {
    const send = () => {
      body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value)
      return fetch(url, { method: "POST", body, ...how }).catch(() => null)
    }
    let answer = await send()
    if (answer?.status === 403) {
      const page = await renew()
      answer = page?.ok && !isOver(page) ? await send() : page
    }
    over = isOver(answer)
    if (over) document.dispatchEvent(new Event("desk:out"))
    return answer
  }

  document.addEventListener("visibilitychange", async () => {
    if (!over || document.hidden) return
    over = isOver(await renew())
    if (!over) document.dispatchEvent(new Event("desk:in"))
  })
  window.session = { isOver, post }
}
