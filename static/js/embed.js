// The player of another service in the place of its card: nothing is asked of that service before a click.
for (const offer of document.querySelectorAll(".embed__play")) {
  const card = offer.closest(".embed");
  const button = offer.querySelector("button");
  offer.hidden = false;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.title = card.querySelector("figcaption a").textContent;
    frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
    frame.sandbox = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-presentation";
    // Some players refuse to play for a page that does not say where it is.
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.src = button.dataset.player;
    card.querySelector("picture")?.remove();
    offer.replaceWith(frame);
    frame.focus();
  });
}
