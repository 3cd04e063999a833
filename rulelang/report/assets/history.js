// The page of a history: days unfold before it is printed, and each day with a run opens its own page, as the address
// says (#page-DATE).  That page is put together here from what all of them share and what is of the day alone.
addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
});
(() => {
  const dialog = document.getElementById("day-dialog");
  if (!dialog) return;
  const tag = "script";
  const held = (id) => JSON.parse(document.getElementById(id).textContent);
  const script = (one) => `<${tag}>${one.textContent}</${tag}>`;
  const scripts = () => [...document.querySelectorAll(`${tag}.of-days`)].map(script).join("");
  let frame = null;

  // a frame that is not shown has no colours to draw with: it goes before it is hidden
  const leave = () => { frame?.remove(); frame = null; };
  const close = () => { leave(); dialog.close(); };
  const open = (date) => {
    leave();
    const day = held(`page-${date}`);
    document.getElementById("day-called").textContent = day.called;
    if (!dialog.open) dialog.showModal();
    frame = document.createElement("iframe");
    frame.title = day.called;
    const body = `<body>${day.body}${scripts()}</body>`;
    frame.srcdoc = `<!DOCTYPE html><html lang="en"><head>${held("day-head")}${day.title}</head>${body}</html>`;
    dialog.append(frame);
    frame.focus();
  };
  const shown = () => {
    const date = /^#page-([0-9-]+)$/.exec(location.hash)?.[1];
    if (date && document.getElementById(`page-${date}`)) open(date);
    else if (dialog.open) close();
  };
  document.getElementById("day-print").addEventListener("click", () => frame?.contentWindow.print());
  document.getElementById("day-close").addEventListener("click", close);
  dialog.addEventListener("cancel", leave);
  dialog.addEventListener("close", () => {
    const link = [...document.querySelectorAll("a.day-page")].find((one) => one.hash === location.hash);
    if (!link) return;
    history.replaceState(null, "", location.hash.replace("#page-", "#day-"));
    link.focus();
  });
  document.querySelectorAll("a.day-page").forEach((one) => { one.hidden = false; });
  addEventListener("hashchange", shown);
  shown();
})();
