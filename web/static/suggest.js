// What the service offers while somebody types goes into the list of the box. Without it the box is a box.
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.getElementById(box.getAttribute("list"));
  let last = 0;
  box.addEventListener("input", async () => {
    const asked = ++last;
    const query = box.value.trim();
    let texts = [];
    try {
      const answer = query && (await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(query)}`));
      if (answer && answer.ok) texts = (await answer.json())[1];
    } catch {
      // nothing is offered where the service is not reached
    }
    if (asked === last) list.replaceChildren(...texts.map((text) => new Option("", text)));
  });
}
