// Folds that behave: [data-popover] closes on Escape and on a press elsewhere; [data-wide-open] is
// open on a desk where the browser cannot be told so by the style sheet alone.
for (const fold of document.querySelectorAll("details[data-popover]")) {
  document.addEventListener("click", (event) => {
    if (fold.open && !fold.contains(event.target)) fold.open = false;
  });
  fold.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !fold.open) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });
}

if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60rem)").matches) {
  for (const fold of document.querySelectorAll("details[data-wide-open]")) fold.open = true;
}
