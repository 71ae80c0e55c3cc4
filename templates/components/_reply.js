// Answering where one reads: the form below the thread goes under the comment that it answers, and back.
const form = document.getElementById("comment-form");
if (form) {
  const place = document.createElement("div");
  const action = form.getAttribute("action");
  const title = form.querySelector("h3");
  const words = title.textContent;
  const cancel = form.querySelector("button[type=button]");
  let answering = null;
  form.before(place);

  const put = (link) => {
    answering?.setAttribute("aria-expanded", "false");
    answering = link;
    link?.setAttribute("aria-expanded", "true");
    (link?.closest(".comment") ?? place).after(form);
    form.setAttribute("action", link?.getAttribute("href") ?? action);
    title.textContent = link?.ariaLabel ?? words;
    cancel.hidden = !link;
  };

  const takeBack = () => {
    const link = answering;
    put(null);
    link?.focus();
  };

  document.getElementById("comments").addEventListener("click", (event) => {
    const link = event.target.closest("a.reply");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (link === answering) return takeBack();
    put(link);
    form.elements.comment.focus();
  });
  cancel.addEventListener("click", takeBack);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && answering) takeBack();
  });
}
