/* What Select2 makes of a list has no name: it gets that of the list. */
{
  const name = () => {
    for (const box of document.querySelectorAll(".select2-selection__rendered:not([aria-label])"))
      box.setAttribute("aria-label", box.closest(".select2").previousElementSibling.labels[0].textContent.trim())
  }
  const { jQuery } = window.django
  jQuery(() => jQuery(name)) // after all that waits for the page already, Select2 among it
  document.addEventListener("formset:added", () => setTimeout(name))
}
