/* Beside a translation, the block of the original that stands where one writes is marked and kept in sight. */
{
  const original = document.getElementById("original")
  const blocks = original.querySelectorAll("[data-block]")
  let here

  document.addEventListener("selectionchange", () => {
    const text = document.querySelector(".ProseMirror")
    let block = document.getSelection().anchorNode
    if (!text?.contains(block) || block === text) return
    while (block.parentNode !== text) block = block.parentNode
    const there = blocks[[...text.children].indexOf(block)]
    if (there === here) return
    here?.classList.remove("here")
    here = there
    if (!here) return
    here.classList.add("here")
    original.scrollTop = here.offsetTop - original.clientHeight / 3
  })
}
